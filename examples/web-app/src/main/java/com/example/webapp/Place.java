package com.example.webapp;

/** Where this runs. */
record Place(String region, String instance) {

    static final Place UNKNOWN = new Place("unknown", "unknown");

    boolean isKnown() {
        return !equals(UNKNOWN);
    }
}
