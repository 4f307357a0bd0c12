export { readCertificate, warningsOf, type Certificate, type CertificateFiles } from './certificate.js';
export { HANDSHAKE, secureOptions } from './secure-options.js';
export { serveHttps, type HttpsService } from './serve-https.js';
