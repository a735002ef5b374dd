package com.example.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Talks to a metadata service on this machine's own loopback; no network is needed. */
@Timeout(20)
class InstanceMetadataTest {

    private static final String TOKEN = "a-token==";
    private static final String TTL = "X-aws-ec2-metadata-token-ttl-seconds";

    private final Map<String, String> values = new HashMap<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        values.put("/latest/meta-data/placement/region", "eu-west-1");
        values.put("/latest/meta-data/instance-id", "i-0123456789abcdef0");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        boolean isPut = "PUT".equals(exchange.getRequestMethod());
        if (isPut && path.equals("/latest/api/token") && exchange.getRequestHeaders().containsKey(TTL)) {
            send(exchange, 200, TOKEN);
        } else if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-aws-ec2-metadata-token"))) {
            send(exchange, 401, "");
        } else {
            send(exchange, values.containsKey(path) ? 200 : 404, values.getOrDefault(path, ""));
        }
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private InstanceMetadata metadata(String path) {
        String address = "http://127.0.0.1:" + server.getAddress().getPort() + path;
        return new InstanceMetadata(Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", address));
    }

    @Test
    void itAsksWithAToken() throws IOException {
        assertEquals(new Place("eu-west-1", "i-0123456789abcdef0"), metadata("/").read());
    }

    @Test
    void itDoesWithoutAServiceThatIsNotThere() {
        server.stop(0);
        assertThrows(IOException.class, metadata("")::read);
    }

    @Test
    void itDoesWithoutAServiceThatRefuses() {
        assertThrows(IOException.class, metadata("/elsewhere")::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>proxy error</html>", "i-0123 and more", "\u00e9"})
    void itBelievesNothingThatIsNoInstance(String value) {
        values.put("/latest/meta-data/instance-id", value);
        assertThrows(IOException.class, metadata("")::read);
    }

    @Test
    void itBelievesNoAnswerWithoutAnEnd() {
        values.put("/latest/meta-data/placement/region", "eu-" + "west".repeat(100_000));
        assertThrows(IOException.class, metadata("")::read);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "file:///etc/hostname", "http://[", "ftp://127.0.0.1"})
    void itDoesWithoutAnAddress(String address) {
        Map<String, String> environment = Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", address);
        assertThrows(IOException.class, new InstanceMetadata(environment)::read);
    }

    @Test
    void itAsksNothingWhereThatIsForbidden() {
        Map<String, String> environment = Map.of("AWS_EC2_METADATA_DISABLED", "true");
        assertThrows(IOException.class, new InstanceMetadata(environment)::read);
    }
}
