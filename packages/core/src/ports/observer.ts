/** What happened, for spans, counters and events; a consumer maps it to its own telemetry. */
export type ObservedEvent =
  | { readonly kind: "cycle-started"; readonly applications: number }
  | { readonly kind: "registry-read"; readonly host: string; readonly failed: boolean }
  | { readonly kind: "image-decided"; readonly application: string; readonly outcome: string }
  | { readonly kind: "change-written"; readonly application: string; readonly result: string }
  | { readonly kind: "cycle-ended"; readonly errors: number };

/** Told about everything the updater does. Must not throw; what it throws is ignored. */
export interface Observer {
  observe(event: ObservedEvent): void;
}
