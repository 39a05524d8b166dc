import { env } from "node:process";
import { configureGlobal } from "fast-check";

// A property that fails says the seed and the path to its counterexample by itself.
configureGlobal({ seed: Number(env["PROPERTY_SEED"]) });
