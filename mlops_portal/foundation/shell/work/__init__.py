"""Work for the workers: enqueued by name, claimed by one worker, never waiting twice."""
