package com.example.webapp;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows where this runs, without ever making a visitor wait for it.
 *
 * <p>A thread of its own asks; {@link #place} answers what is known by now. What was found is kept,
 * as an instance does not move; what was not found is asked for again after a while.
 */
final class PlaceFinder implements AutoCloseable {

    /** Something that knows, slowly and perhaps not at all. */
    interface Source {
        Place read() throws IOException;
    }

    private final Source source;
    private final Duration pause;
    private final ExecutorService asker;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile Place found = Place.UNKNOWN;
    private volatile long asked;
    private volatile boolean everAsked;

    PlaceFinder(Source source, Duration pause) {
        this.source = source;
        this.pause = pause;
        this.asker = Executors.newSingleThreadExecutor(PlaceFinder::thread);
    }

    /** Returns at once: the place, or {@link Place#UNKNOWN} as long as it is not known. */
    Place place() {
        if (isDue() && asking.compareAndSet(false, true)) {
            try {
                asker.execute(this::ask);
            } catch (RejectedExecutionException closed) {
                asking.set(false);
            }
        }
        return found;
    }

    /** Ends the thread; a question that is under way has a short time to come back. */
    @Override
    public void close() {
        asker.shutdownNow();
        try {
            asker.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isDue() {
        return !found.isKnown() && (!everAsked || System.nanoTime() - asked >= pause.toNanos());
    }

    private void ask() {
        try {
            if (isDue()) { // Two visitors at once may both have seen that it was.
                found = source.read();
            }
        } catch (IOException | RuntimeException stillUnknown) {
            // Nothing to do: it will be asked for again.
        } finally {
            asked = System.nanoTime();
            everAsked = true;
            asking.set(false);
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "place-finder");
        thread.setDaemon(true);
        return thread;
    }
}
