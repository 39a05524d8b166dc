/** The Helm parameter that holds an image's name where no annotation names another. */
export const DEFAULT_HELM_NAME = "image.name";

/** The Helm parameter that holds an image's tag where no annotation names another. */
export const DEFAULT_HELM_TAG = "image.tag";
