package com.example.webapp;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.time.Duration;

/** Holds what all servlets share, from the application's start to its end. */
@WebListener
public final class Application implements ServletContextListener {

    private static final String PAGES = Pages.class.getName();
    private static final Duration BETWEEN_QUESTIONS = Duration.ofSeconds(30);

    private PlaceFinder finder;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        finder = new PlaceFinder(new InstanceMetadata(System.getenv()), BETWEEN_QUESTIONS);
        finder.place(); // Asks now, so that the first visitor sees the answer.
        event.getServletContext().setAttribute(PAGES, new Pages(Build.load(), finder::place));
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        finder.close();
    }

    static Pages pages(ServletContext context) {
        return (Pages) context.getAttribute(PAGES);
    }
}
