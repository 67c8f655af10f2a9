// node unpack.mjs IN.br OUT: writes OUT with the brotli-compressed contents of IN.
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";

const [, , source, target] = process.argv;
await pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target));
