"""What ``script/run`` starts and stops: the embedded database and broker, and our own processes."""
