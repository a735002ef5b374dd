package com.example.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.function.Supplier;

/** Makes the pages. They load nothing: no script, no font, no picture from elsewhere. */
final class Pages {

    private static final String STYLE = resource("/page.css");
    private static final String FRAME = resource("/page.html").replace("{{style}}", STYLE);

    /** Allows this style, the icon that stands in the page, and nothing else. */
    static final String POLICY =
            "default-src 'none'; img-src data:; style-src 'sha256-" + digest(STYLE)
                    + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Build build;
    private final Supplier<Place> place;

    Pages(Build build, Supplier<Place> place) {
        this.build = build;
        this.place = place;
    }

    String home() {
        Place here = place.get();
        String heading = here.isKnown() ? "Hello from <strong>" + escape(here.region()) + "</strong>" : "Hello";
        String title = here.isKnown() ? "Web app in " + escape(here.region()) : "Web app";
        return page(
                title,
                "<p class=\"status\">Serving</p>",
                heading,
                "Built once, running in every region. This is the build that answered you, and where.",
                "<dl>"
                        + fact("Version", build.version())
                        + fact("Commit", build.commit())
                        + fact("Region", here.region())
                        + fact("Instance", here.instance())
                        + "</dl>\n<footer><a href=\"/health\">Health check</a></footer>");
    }

    String error(int status) {
        return page(
                heading(status),
                "<p class=\"status failed\">" + status + "</p>",
                heading(status),
                advice(status),
                "<p class=\"back\"><a href=\"/\">To the first page</a></p>");
    }

    private static String heading(int status) {
        return status == 404 ? "Not found" : status < 500 ? "Not understood" : "Not working";
    }

    private static String advice(int status) {
        if (status == 404) {
            return "There is no page at this address.";
        }
        return status < 500
                ? "This application does not answer such a request."
                : "Something failed here. The log of this instance says what.";
    }

    private static String page(String title, String status, String heading, String lead, String body) {
        return FRAME.replace("{{title}}", title)
                .replace("{{status}}", status)
                .replace("{{heading}}", heading)
                .replace("{{lead}}", lead)
                .replace("{{body}}", body);
    }

    private static String fact(String name, String value) {
        String style = Build.UNKNOWN.equals(value) ? " class=\"unknown\"" : "";
        return "<div><dt>" + name + "</dt><dd" + style + ">" + escape(value) + "</dd></div>";
    }

    /** Makes text of what might be markup, and of what might be a place to fill in. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;")
                .replace("{", "&#123;");
    }

    private static String resource(String name) {
        try (InputStream stream = Pages.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException(name + " is missing from the archive");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    private static String digest(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }
}
