package com.example.webapp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.Properties;
import org.junit.jupiter.api.Test;

class BuildTest {

    @Test
    void mavenWroteTheVersion() {
        assertNotEquals(Build.UNKNOWN, Build.load().version());
        assertFalse(Build.load().commit().isBlank());
    }

    @Test
    void whatIsMissingIsUnknown() {
        assertEquals(new Build("unknown", "unknown"), Build.from(new Properties()));
    }

    @Test
    void whatWasNotFilledInIsUnknown() {
        Properties properties = new Properties();
        properties.setProperty("version", "1.2.3");
        properties.setProperty("commit", "${env.COMMIT}");
        assertEquals(new Build("1.2.3", "unknown"), Build.from(properties));
    }
}
