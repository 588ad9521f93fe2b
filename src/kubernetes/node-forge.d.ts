// Two of node-forge's modules, by their files: the package as a whole computes tables for TLS and RSA when it is loaded.
declare module 'node-forge/lib/asn1.js' {
  const asn1: typeof import('node-forge').asn1;
  export = asn1;
}

declare module 'node-forge/lib/pem.js' {
  const pem: typeof import('node-forge').pem;
  export = pem;
}
