import { config } from 'zod/mini';
import en from 'zod/v4/locales/en.js';

// Schemas are of `zod/mini`: they are read at each cold start, and `zod` takes 13 ms more for those of this package alone.
// What is missing there is the text of messages; this gives it to all of a process.
config(en());
