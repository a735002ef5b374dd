"""What CodePipeline does for each kind of action, done here against the embedded AWS."""
