/** https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format */
export const isBootstrapToken = (text: string): boolean => /^[a-z0-9]{6}\.[a-z0-9]{16}$/.test(text);

export const isCaCertHash = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** An AES key of 32 bytes in hexadecimal digits. */
export const isCertificateKey = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
