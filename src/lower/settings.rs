use super::Controller;
use crate::diagnostic::Outcome;
use crate::ir;
use crate::manifest::*;
use k8s_openapi::api::core::v1::ConfigMap;
pub fn read(_c: Option<&Object<ConfigMap>>, _k: &Controller) -> Outcome<ir::Settings> {
    Outcome::default()
}
pub fn config_map<'a>(_c: &'a Cluster, _k: &Controller) -> Option<&'a Object<ConfigMap>> {
    None
}
