package com.example.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PlaceFinderTest {

    private static final Place HERE = new Place("eu-west-1", "i-0123456789abcdef0");
    private static final Duration NEVER = Duration.ofDays(1);

    /** Asks until the place is known; the test's own time limit ends it otherwise. */
    private static Place finallyKnown(PlaceFinder finder) {
        while (!finder.place().isKnown()) {
            Thread.onSpinWait();
        }
        return finder.place();
    }

    @Test
    void whatWasFoundIsKept() {
        AtomicInteger questions = new AtomicInteger();
        PlaceFinder.Source source = () -> {
            questions.incrementAndGet();
            return HERE;
        };
        try (PlaceFinder finder = new PlaceFinder(source, Duration.ZERO)) {
            assertEquals(HERE, finallyKnown(finder));
            finder.place();
            assertEquals(1, questions.get());
        }
    }

    @Test
    void nobodyWaitsForTheAnswer() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        PlaceFinder.Source silent = () -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException end) {
                interrupted.countDown();
            }
            return HERE;
        };
        try (PlaceFinder finder = new PlaceFinder(silent, NEVER)) {
            finder.place();
            asked.await();
            Place place = assertTimeoutPreemptively(Duration.ofSeconds(1), finder::place);
            assertEquals(Place.UNKNOWN, place);
        }
        assertTrue(interrupted.await(10, TimeUnit.SECONDS), "closing ends the thread");
    }

    @Test
    void whatFailedIsAskedAgain() {
        AtomicInteger questions = new AtomicInteger();
        PlaceFinder.Source source = () -> switch (questions.incrementAndGet()) {
            case 1 -> throw new IOException("no answer");
            case 2 -> throw new IllegalStateException("a fault");
            default -> HERE;
        };
        try (PlaceFinder finder = new PlaceFinder(source, Duration.ZERO)) {
            assertEquals(HERE, finallyKnown(finder));
            assertEquals(3, questions.get());
        }
    }

    @Test
    void whatFailedIsNotAskedAgainAtOnce() throws InterruptedException {
        BlockingQueue<String> questions = new LinkedBlockingQueue<>();
        PlaceFinder.Source source = () -> {
            questions.add("asked");
            throw new IOException("no answer");
        };
        try (PlaceFinder finder = new PlaceFinder(source, NEVER)) {
            finder.place();
            assertEquals("asked", questions.take());
            for (int visitor = 0; visitor < 1000; visitor++) {
                assertEquals(Place.UNKNOWN, finder.place());
            }
            assertTrue(questions.isEmpty());
        }
    }

    @Test
    void afterTheEndItStillAnswers() {
        PlaceFinder finder = new PlaceFinder(() -> HERE, NEVER);
        finder.close();
        assertEquals(Place.UNKNOWN, finder.place());
    }
}
