/** One image of a fixture. What is not said has a plain default. */
export interface ImageFixture {
  readonly tag: string;
  /** RFC 3339 build date of every platform; `null` for a config without one. Default `2024-01-01T00:00:00Z`. */
  readonly created?: string | null | undefined;
  /** Default `["linux/amd64"]`. */
  readonly platforms?: readonly string[] | undefined;
  /** `index` is implied by more than one platform; `artifact` is not an image at all. Default `manifest`. */
  readonly layout?: "manifest" | "index" | "artifact" | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Tells two builds apart that are otherwise equal: another content is another digest. */
  readonly content?: string | undefined;
}

/** A registry as data: repository path to its images, oldest first. */
export type RegistryFixture = Readonly<Record<string, readonly ImageFixture[]>>;

/** Something that goes wrong, until it is cleared or `times` is used up. */
export interface RegistryFault {
  /** `tags-page` is any page but the first. */
  readonly on: "token" | "tags" | "tags-page" | "manifest" | "config" | "any";
  readonly repository?: string | undefined;
  readonly tag?: string | undefined;
  readonly behave:
    | "unauthorized"
    | "forbidden"
    | "not-found"
    | "rate-limited"
    | "server-error"
    | "garbage"
    | "hang"
    | "disconnect"
    | "wrong-digest"
    | "too-large"
    | "blocked-by-policy";
  /** How often; default for ever. */
  readonly times?: number | undefined;
}

/** How a registry hands out a long list; what is not said is as its protocol has it. */
export interface RegistryPaging {
  /** Most tags of a page, however many are asked for. */
  readonly pageSize?: number | undefined;
  /** The next page is not named, or not as the protocol wants it. */
  readonly links?: "none" | "no-rel" | "bare" | undefined;
  /** Refuses to be asked for more tags of a page. */
  readonly refusesPagesOver?: number | undefined;
}
