package com.example.webapp;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Says that this instance serves.
 *
 * <p>It depends on nothing outside of the instance: were it to ask a database, one outage would have
 * every instance replaced.
 */
@WebServlet("/health")
public final class Health extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Answer.text(response, "ok");
    }
}
