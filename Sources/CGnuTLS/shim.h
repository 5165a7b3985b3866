// GnuTLS, through which Debian's FFmpeg speaks TLS, and the constants that Swift cannot reach by itself.

#ifndef LOOKOUT_CGNUTLS_H
#define LOOKOUT_CGNUTLS_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

static const int cgnutls_verification_error = GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;

// What verification can find, as plain numbers: in Swift, each C enumeration is a type of its own.
static const unsigned cgnutls_invalid = GNUTLS_CERT_INVALID;
static const unsigned cgnutls_revoked = GNUTLS_CERT_REVOKED;
static const unsigned cgnutls_signer_not_found = GNUTLS_CERT_SIGNER_NOT_FOUND;
static const unsigned cgnutls_expired = GNUTLS_CERT_EXPIRED;
static const unsigned cgnutls_not_activated = GNUTLS_CERT_NOT_ACTIVATED;
static const unsigned cgnutls_unexpected_owner = GNUTLS_CERT_UNEXPECTED_OWNER;
static const unsigned cgnutls_purpose_mismatch = GNUTLS_CERT_PURPOSE_MISMATCH;
static const unsigned cgnutls_insecure_algorithm = GNUTLS_CERT_INSECURE_ALGORITHM;

// The data of verification is an array of a C union's structure.
static inline int cgnutls_verify(
    gnutls_x509_trust_list_t list, gnutls_x509_crt_t *chain, unsigned count, const char *host, unsigned *status) {
    gnutls_typed_vdata_st data[2] = {
        {.type = GNUTLS_DT_DNS_HOSTNAME, .data = (unsigned char *)host},
        {.type = GNUTLS_DT_KEY_PURPOSE_OID, .data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER},
    };
    return gnutls_x509_trust_list_verify_crt2(list, chain, count, data, 2, 0, status, NULL);
}

#endif
