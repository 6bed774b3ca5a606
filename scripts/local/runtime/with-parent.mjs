// Loaded before a runtime starts: the gateway holds the other end of stdin, so when it ends, however it ends (kill -9
// included), stdin ends, and so does this process. Polling the parent's id would not work on Windows.
process.stdin.on('end', () => process.exit(0));
process.stdin.on('error', () => process.exit(0));
process.stdin.resume();
process.stdin.unref?.();
// A terminal's Ctrl-C reaches this process too. What is under way is still answered: the gateway ends it after that.
process.on('SIGINT', () => {});
