use super::world::World;
use crate::diagnostic::Outcome;
use crate::ir;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;
#[derive(Debug)]
pub(super) struct Rejected;
#[derive(Debug, Default, Clone)]
pub(super) struct Canary {
    pub(super) enabled: bool,
    pub(super) share: ir::TrafficShare,
}
#[derive(Debug, Default, Clone)]
pub(super) struct AffinityRequest {
    pub(super) kind: String,
    pub(super) mode: String,
    pub(super) canary_behavior: String,
    pub(super) cookie: ir::AffinityCookie,
}
#[derive(Debug, Default, Clone)]
pub(super) struct Annotations {
    pub(super) features: ir::Features,
    pub(super) aliases: Vec<String>,
    pub(super) canary: Canary,
    pub(super) client_auth: Option<ir::ClientAuth>,
    pub(super) client_auth_error: Option<String>,
    pub(super) server_snippet: String,
    pub(super) stream_snippet: String,
    pub(super) service_upstream: bool,
    pub(super) affinity: AffinityRequest,
    pub(super) tls_passthrough: bool,
    pub(super) hashing: ir::Hashing,
    pub(super) algorithm: String,
    pub(super) ciphers: String,
    pub(super) prefer_server_ciphers: Option<bool>,
    pub(super) default_backend: Option<String>,
}
pub(super) fn read(_o: &Object<Ingress>, _w: &World) -> Outcome<Result<Annotations, Rejected>> {
    Outcome { value: Ok(Annotations::default()), diagnostics: vec![] }
}
