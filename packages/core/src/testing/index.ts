export type { ImageFixture, RegistryFault, RegistryFixture } from "./registry-fixture.js";
