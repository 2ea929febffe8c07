/**
 * A self-signed certificate of `idp.example` until 2126, with its key. It protects nothing: with it, tests check that a
 * connection is
 * rejected.
 */
export const selfSigned = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUEqIBG79tmxLbSr1VnJd7BWc6sWgwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLaWRwLmV4YW1wbGUwIBcNMjYxMTI0MDgwNjE0WhgPMjEyNjEw
MzEwODA2MTRaMBYxFDASBgNVBAMMC2lkcC5leGFtcGxlMFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEu17cC/5N7x77D6XrFrz4JsYCqmQLi2YcKlLyX9OnOwO/LSq+
UlNjqXENWlLwuMwSKibAoZw3n9sz/aHAGbpemaNrMGkwHQYDVR0OBBYEFMzrXcxM
Hizn+8Si2lP+eqXsYR9YMB8GA1UdIwQYMBaAFMzrXcxMHizn+8Si2lP+eqXsYR9Y
MA8GA1UdEwEB/wQFMAMBAf8wFgYDVR0RBA8wDYILaWRwLmV4YW1wbGUwCgYIKoZI
zj0EAwIDSQAwRgIhANuDQTRk9nLDUfD4f68rQSkaDM/5G6qJfCZtgqew1ZgsAiEA
ylrSTDFOYhJWxixdZN7D43PpmpXn/37DE2kx6ttIBTY=
-----END CERTIFICATE-----`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgkJ/bx0wWOaANenmJ
4l9mmaA1ensYi4t/OxVB1sez9nyhRANCAAS7XtwL/k3vHvsPpesWvPgmxgKqZAuL
ZhwqUvJf06c7A78tKr5SU2OpcQ1aUvC4zBIqJsChnDef2zP9ocAZul6Z
-----END PRIVATE KEY-----`,
} as const;
