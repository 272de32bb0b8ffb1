"""What ``script/run`` starts and stops: database, broker and our own processes."""
