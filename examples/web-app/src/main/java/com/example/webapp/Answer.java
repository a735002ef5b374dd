package com.example.webapp;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes answers: never kept by a cache, and with nothing allowed that the page does not need. */
final class Answer {

    private Answer() {}

    static void html(HttpServletResponse response, String page) throws IOException {
        response.setHeader("Content-Security-Policy", Pages.POLICY);
        write(response, "text/html", page);
    }

    static void text(HttpServletResponse response, String text) throws IOException {
        write(response, "text/plain", text);
    }

    private static void write(HttpServletResponse response, String type, String content)
            throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        response.setContentType(type + ";charset=UTF-8");
        response.setContentLength(bytes.length);
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.getOutputStream().write(bytes);
    }
}
