package com.example.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Asks the instance metadata service, version 2: a token first, then the values.
 *
 * <p>The two variables are those that AWS's own SDKs read.
 */
final class InstanceMetadata implements PlaceFinder.Source {

    private static final String ADDRESS = "http://169.254.169.254";
    private static final int TIMEOUT_MILLIS = 500;
    private static final int LONGEST_ANSWER = 1024;
    private static final Pattern REGION = Pattern.compile("[a-z]{2,}(-[a-z0-9]+)+");
    private static final Pattern INSTANCE = Pattern.compile("i-[0-9a-f]+");
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    private final String address;
    private final boolean disabled;

    InstanceMetadata(Map<String, String> environment) {
        String given = environment.getOrDefault("AWS_EC2_METADATA_SERVICE_ENDPOINT", "").strip();
        address = (given.isEmpty() ? ADDRESS : given).replaceAll("/+$", "");
        disabled = "true".equalsIgnoreCase(environment.get("AWS_EC2_METADATA_DISABLED"));
    }

    @Override
    public Place read() throws IOException {
        if (disabled) {
            throw new IOException("AWS_EC2_METADATA_DISABLED is true");
        }
        String token = ask("PUT", "/latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds", "60", TOKEN);
        return new Place(
                value("placement/region", token, REGION), value("instance-id", token, INSTANCE));
    }

    private String value(String name, String token, Pattern expected) throws IOException {
        return ask("GET", "/latest/meta-data/" + name, "X-aws-ec2-metadata-token", token, expected);
    }

    private String ask(String method, String path, String header, String headerValue, Pattern expected)
            throws IOException {
        HttpURLConnection connection = open(path);
        try {
            connection.setRequestMethod(method);
            connection.setRequestProperty(header, headerValue);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(path + " answered " + connection.getResponseCode());
            }
            String answer = text(connection);
            if (!expected.matcher(answer).matches()) {
                throw new IOException(path + " did not answer what it should");
            }
            return answer;
        } finally {
            connection.disconnect();
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(address + path).toURL().openConnection(Proxy.NO_PROXY);
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            return connection;
        } catch (IllegalArgumentException | ClassCastException error) {
            throw new IOException("not an HTTP address: " + address, error);
        }
    }

    private static String text(HttpURLConnection connection) throws IOException {
        try (InputStream stream = connection.getInputStream()) {
            byte[] bytes = stream.readNBytes(LONGEST_ANSWER + 1);
            if (bytes.length > LONGEST_ANSWER) {
                throw new IOException("more than any instance metadata: " + connection.getURL());
            }
            return new String(bytes, StandardCharsets.US_ASCII).strip();
        }
    }
}
