package com.example.webapp;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Shows every error, whichever method was asked for; {@code web.xml} sends them here. */
@WebServlet("/error")
public final class Failure extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = status(request);
        response.setStatus(status);
        Answer.html(response, Application.pages(getServletContext()).error(status));
    }

    /** Whoever asks for /error itself asks for a page that does not exist. */
    private static int status(HttpServletRequest request) {
        boolean failed = request.getDispatcherType() == DispatcherType.ERROR;
        Object code = failed ? request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) : null;
        return code instanceof Integer known ? known : HttpServletResponse.SC_NOT_FOUND;
    }
}
