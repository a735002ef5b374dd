package com.example.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {

    private static final Build BUILD = new Build("1.2.3", "0123abc");
    private static final Place PLACE = new Place("eu-west-1", "i-0123456789abcdef0");

    private static String home(Build build, Place place) {
        return new Pages(build, () -> place).home();
    }

    @Test
    void homeNamesBuildAndPlace() {
        String page = home(BUILD, PLACE);
        for (String fact : new String[] {"1.2.3", "0123abc", "eu-west-1", "i-0123456789abcdef0"}) {
            assertTrue(page.contains("<dd>" + fact + "</dd>"), fact);
        }
        assertTrue(page.contains("<title>Web app in eu-west-1</title>"));
    }

    @Test
    void homeDoesWithoutAPlace() {
        String page = home(BUILD, Place.UNKNOWN);
        assertTrue(page.contains("<h1>Hello</h1>"));
        assertEquals(2, page.split("<dd class=\"unknown\">unknown</dd>", -1).length - 1);
    }

    @Test
    void nothingThatIsShownBecomesMarkup() {
        String page = home(new Build("<script>alert('1')</script>", "{{lead}} & \"more\""), PLACE);
        assertFalse(page.contains("<script"));
        assertTrue(page.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"));
        assertTrue(page.contains("&#123;&#123;lead}} &amp; &quot;more&quot;"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 500, 503})
    void everyErrorHasAPage(int status) {
        String page = new Pages(BUILD, () -> PLACE).error(status);
        assertTrue(page.contains(">" + status + "</p>"));
        assertFalse(page.contains("{{"), page);
    }

    @Test
    void thePolicyAllowsTheStyleOfThePage() throws Exception {
        String page = home(BUILD, PLACE);
        String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
        String allowed = "style-src 'sha256-" + Base64.getEncoder().encodeToString(hash) + "'";
        assertTrue(Pages.POLICY.contains(allowed), Pages.POLICY);
    }
}
