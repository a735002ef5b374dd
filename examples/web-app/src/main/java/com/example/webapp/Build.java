package com.example.webapp;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** Which build this is. Maven writes it into {@code build.properties}. */
record Build(String version, String commit) {

    static final String UNKNOWN = "unknown";

    static Build load() {
        try (InputStream stream = Build.class.getResourceAsStream("/build.properties")) {
            Properties properties = new Properties();
            if (stream != null) {
                properties.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
            }
            return from(properties);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static Build from(Properties properties) {
        return new Build(value(properties, "version"), value(properties, "commit"));
    }

    /** What Maven did not fill in, as when an IDE copies the file, still has its placeholder. */
    private static String value(Properties properties, String name) {
        String value = properties.getProperty(name, "").strip();
        return value.isEmpty() || value.contains("${") ? UNKNOWN : value;
    }
}
