import { SpanStatusCode, trace, type Attributes } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";

/** A span that has ended. */
export interface RecordedSpan {
  readonly name: string;
  /** Name of the span it belongs to. */
  readonly parent: string | undefined;
  readonly attributes: Attributes;
  readonly failed: boolean;
}

/** Spans of this process, kept in memory. */
export interface SpanRecording {
  spans(): readonly RecordedSpan[];
  /** Gives the place of the process's OpenTelemetry SDK free again. */
  stop(): Promise<void>;
}

/** Registers an OpenTelemetry SDK that keeps spans, for verification: the controller brings none. */
export function recordSpans(): SpanRecording {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  trace.setGlobalTracerProvider(provider);
  return {
    spans(): readonly RecordedSpan[] {
      const finished = exporter.getFinishedSpans();
      return finished.map(({ name, attributes, status, parentSpanContext }) => ({
        name,
        parent: finished.find((one) => one.spanContext().spanId === parentSpanContext?.spanId)
          ?.name,
        attributes,
        failed: status.code === SpanStatusCode.ERROR,
      }));
    },
    async stop(): Promise<void> {
      trace.disable();
      await provider.shutdown();
    },
  };
}
