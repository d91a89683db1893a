//! Diffie-Hellman parameters that OpenSSL does not take.

use crate::ir::Proxy;
use crate::lower::prime_bits;
use crate::manifest::Cluster;
use crate::nginx::Refusal;

/// Fewest bits of the prime in Diffie-Hellman parameters that OpenSSL takes.
const FEWEST_BITS: usize = 1024;

/// Parameters that are too small.
pub(super) fn check(cluster: &Cluster, proxy: &Proxy) -> Option<Refusal> {
    let file = &proxy.settings.tls.dh_param;
    let stem = file.rsplit('/').next()?.strip_suffix(".pem").filter(|stem| !stem.is_empty())?;
    let named = |name: &str, namespace: &str| format!("{namespace}-{name}") == stem;
    let secret = cluster.secrets.iter().find(|secret| named(&secret.reference.name, &secret.reference.namespace))?;
    let text = secret.value.data.as_ref()?.get("dhparam.pem")?;
    let bits = prime_bits(std::str::from_utf8(&text.0).ok()?)?;
    let message = format!("the Diffie-Hellman parameters have {bits} bits, and OpenSSL takes no fewer than {FEWEST_BITS}");
    (bits < FEWEST_BITS).then(|| Refusal { message, directive: String::from("ssl_dhparam"), ..Refusal::default() })
}
