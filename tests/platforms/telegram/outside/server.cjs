// telegram-test-api on the port that is given; says "ready" and ends with its standard input.
const TelegramServer = require("telegram-test-api");

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
server.start().then(() => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
