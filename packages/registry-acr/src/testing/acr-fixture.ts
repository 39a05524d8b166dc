/** A tag as the OpenAPI lists it. */
export interface AcrTagFixture {
  readonly tag: string;
  /** With or without `sha256:`; default one made from the name of the tag. */
  readonly digest?: string | undefined;
  /** RFC 3339; default the time of `updated`. */
  readonly created?: string | undefined;
  /** RFC 3339; default `2024-01-01T00:00:00Z`. */
  readonly updated?: string | undefined;
  /** Default `NORMAL`. */
  readonly status?: "NORMAL" | "DELETING" | undefined;
}

/** Repositories by path (`namespace/name`) and their tags. */
export type AcrFixture = Readonly<Record<string, readonly AcrTagFixture[]>>;
