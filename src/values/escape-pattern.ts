/** A text as a regular expression that matches just it; not for use within brackets. */
export const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
