//! Arguments of the controller.

mod parse;
mod suggest;
mod table;

pub use table::{FLAGS, Flag, find};

use super::releases::{NO_METRICS, VALIDATION};
use super::version::Version;

/// The arguments that change what is rendered, with the controller's own defaults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags {
    /// `--default-backend-service`: `namespace/name`, or empty.
    pub default_backend_service: String,
    /// `--ingress-class`: the value of the old class annotation.
    pub ingress_class: String,
    /// `--controller-class`: `spec.controller` of the classes to serve.
    pub controller_class: String,
    /// `--watch-ingress-without-class`
    pub watch_without_class: bool,
    /// `--ingress-class-by-name`
    pub class_by_name: bool,
    /// `--configmap`: `namespace/name`, or empty.
    pub configmap: String,
    /// `--tcp-services-configmap`: `namespace/name`, or empty.
    pub tcp_services_configmap: String,
    /// `--udp-services-configmap`: `namespace/name`, or empty.
    pub udp_services_configmap: String,
    /// `--watch-namespace`: one namespace, or empty for all.
    pub watch_namespace: String,
    /// `--watch-namespace-selector`: a label selector, or empty.
    pub watch_namespace_selector: String,
    /// `--default-ssl-certificate`: `namespace/name`, or empty.
    pub default_ssl_certificate: String,
    /// `--health-check-path`
    pub health_check_path: String,
    /// `--enable-ssl-passthrough`
    pub enable_ssl_passthrough: bool,
    /// `--disable-svc-external-name`
    pub disable_svc_external_name: bool,
    /// `--annotations-prefix`
    pub annotations_prefix: String,
    /// `--enable-annotation-validation`
    pub enable_annotation_validation: bool,
    /// `--enable-metrics`
    pub enable_metrics: bool,
    /// `--monitor-max-batch-size`
    pub monitor_max_batch_size: i64,
    /// `--http-port`
    pub http_port: u16,
    /// `--https-port`
    pub https_port: u16,
    /// `--ssl-passthrough-proxy-port`
    pub ssl_passthrough_proxy_port: u16,
    /// `--default-server-port`
    pub default_server_port: u16,
    /// `--healthz-port`
    pub healthz_port: u16,
    /// `--status-port`
    pub status_port: u16,
    /// `--stream-port`
    pub stream_port: u16,
    /// `--profiler-port`
    pub profiler_port: u16,
    /// `--disable-catch-all`
    pub disable_catch_all: bool,
    /// `--deep-inspect`
    pub deep_inspect: bool,
    /// `--disable-full-test`
    pub disable_full_test: bool,
    /// `--enable-topology-aware-routing`
    pub enable_topology_aware_routing: bool,
    /// `--maxmind-edition-ids`: names of GeoIP2 databases, separated by commas.
    pub maxmind_edition_ids: String,
    /// `--maxmind-license-key` or `--maxmind-mirror` is given, so that the controller can fetch GeoIP2 databases.
    pub maxmind_source: bool,
    /// `--v`: how much the controller logs; from 5 on, nginx logs everything as well.
    pub verbosity: i64,
}

impl Flags {
    /// What applies in a release without arguments.
    #[must_use]
    pub fn of_release(version: Version) -> Self {
        Self { enable_annotation_validation: VALIDATION.holds(version), enable_metrics: !NO_METRICS.holds(version), ..Self::default() }
    }
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            default_backend_service: String::new(),
            ingress_class: "nginx".into(),
            controller_class: "k8s.io/ingress-nginx".into(),
            watch_without_class: false,
            class_by_name: false,
            configmap: String::new(),
            tcp_services_configmap: String::new(),
            udp_services_configmap: String::new(),
            watch_namespace: String::new(),
            watch_namespace_selector: String::new(),
            default_ssl_certificate: String::new(),
            health_check_path: "/healthz".into(),
            enable_ssl_passthrough: false,
            disable_svc_external_name: false,
            annotations_prefix: "nginx.ingress.kubernetes.io".into(),
            enable_annotation_validation: true,
            enable_metrics: false,
            monitor_max_batch_size: 10000,
            http_port: 80,
            https_port: 443,
            ssl_passthrough_proxy_port: 442,
            default_server_port: 8181,
            healthz_port: 10254,
            status_port: 10246,
            stream_port: 10247,
            profiler_port: 10245,
            disable_catch_all: false,
            deep_inspect: true,
            disable_full_test: false,
            enable_topology_aware_routing: false,
            maxmind_edition_ids: "GeoLite2-City,GeoLite2-ASN".into(),
            maxmind_source: false,
            verbosity: 0,
        }
    }
}
