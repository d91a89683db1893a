//! Every argument that the controller knows.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::Flags;
use crate::catalog::version::Version;

/// One argument.
#[derive(Debug)]
pub struct Flag {
    /// The name, without dashes.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
    pub(super) target: Target,
}

/// What an argument sets.
#[derive(Debug, Clone, Copy)]
pub(super) enum Target {
    Switch(fn(&mut Flags) -> &mut bool),
    Text(fn(&mut Flags) -> &mut String),
    Number(fn(&mut Flags) -> &mut i64),
    Port(fn(&mut Flags) -> &mut u16),
    /// Any text that is not empty turns it on; the text itself is not kept.
    Given(fn(&mut Flags) -> &mut bool),
    /// A switch that changes nothing in the configuration, and its default.
    IdleSwitch(&'static str),
    /// A value that changes nothing in the configuration, and its default.
    IdleText(&'static str),
}

impl Flag {
    /// Whether it stands alone, so that a value needs `=`.
    #[must_use]
    pub fn is_switch(&self) -> bool {
        matches!(self.target, Target::Switch(_) | Target::IdleSwitch(_))
    }

    /// Whether it changes the configuration that the controller writes.
    #[must_use]
    pub fn is_rendered(&self) -> bool {
        !matches!(self.target, Target::IdleSwitch(_) | Target::IdleText(_))
    }

    /// Gives one set of arguments the value that this one has in another set.
    pub fn copy(&self, from: &Flags, to: &mut Flags) {
        // The fields are told by functions that change them.
        let mut from = from.clone();
        match self.target {
            Target::Switch(field) | Target::Given(field) => *field(to) = *field(&mut from),
            Target::Text(field) => field(to).clone_from(field(&mut from)),
            Target::Number(field) => *field(to) = *field(&mut from),
            Target::Port(field) => *field(to) = *field(&mut from),
            Target::IdleSwitch(_) | Target::IdleText(_) => {}
        }
    }

    /// Whether this one has different values in two sets of arguments.
    #[must_use]
    pub fn differs(&self, one: &Flags, other: &Flags) -> bool {
        let mut copied = other.clone();
        self.copy(one, &mut copied);
        copied != *other
    }

    /// What applies in a release without the argument.
    #[must_use]
    pub fn default_in(&self, version: Version) -> String {
        self.value_in(&Flags::of_release(version))
    }

    /// The value that it has among arguments; its default where none is kept.
    #[must_use]
    pub fn value_in(&self, flags: &Flags) -> String {
        // The fields are told by functions that change them.
        let mut flags = flags.clone();
        match self.target {
            Target::Switch(field) => field(&mut flags).to_string(),
            Target::Text(field) => field(&mut flags).clone(),
            Target::Number(field) => field(&mut flags).to_string(),
            Target::Port(field) => field(&mut flags).to_string(),
            Target::Given(_) => String::new(),
            Target::IdleSwitch(default) | Target::IdleText(default) => default.to_owned(),
        }
    }
}

/// All arguments: first those that change the configuration, then the others by name.
pub static FLAGS: &[Flag] = &[
    text(
        "default-backend-service",
        |flags| &mut flags.default_backend_service,
        "Service `namespace/name` that answers where no host or path fits.",
    ),
    text("ingress-class", |flags| &mut flags.ingress_class, "Value of the old class annotation that is served."),
    text("controller-class", |flags| &mut flags.controller_class, "`spec.controller` of the Ingress classes that are served."),
    switch("watch-ingress-without-class", |flags| &mut flags.watch_without_class, "Serve Ingresses that name no class."),
    switch("ingress-class-by-name", |flags| &mut flags.class_by_name, "Serve Ingress classes by their name as well."),
    text("configmap", |flags| &mut flags.configmap, "ConfigMap `namespace/name` with the settings."),
    text("tcp-services-configmap", |flags| &mut flags.tcp_services_configmap, "ConfigMap `namespace/name` with the TCP services."),
    text("udp-services-configmap", |flags| &mut flags.udp_services_configmap, "ConfigMap `namespace/name` with the UDP services."),
    text("watch-namespace", |flags| &mut flags.watch_namespace, "The only namespace that is watched; empty: all."),
    text("watch-namespace-selector", |flags| &mut flags.watch_namespace_selector, "Labels of the namespaces that are watched."),
    text(
        "default-ssl-certificate",
        |flags| &mut flags.default_ssl_certificate,
        "Secret `namespace/name` with the certificate of hosts that have none.",
    ),
    text("health-check-path", |flags| &mut flags.health_check_path, "Path of the health check."),
    switch("enable-ssl-passthrough", |flags| &mut flags.enable_ssl_passthrough, "Let TLS be passed to backends unopened."),
    switch("disable-svc-external-name", |flags| &mut flags.disable_svc_external_name, "Ignore Services of the type ExternalName."),
    text("annotations-prefix", |flags| &mut flags.annotations_prefix, "Prefix of the annotations that count."),
    switch("enable-annotation-validation", |flags| &mut flags.enable_annotation_validation, "Check the values of annotations."),
    switch("enable-metrics", |flags| &mut flags.enable_metrics, "Collect metrics."),
    number("monitor-max-batch-size", |flags| &mut flags.monitor_max_batch_size, "Metrics that are sent at once at most."),
    port("http-port", |flags| &mut flags.http_port, "Port for HTTP."),
    port("https-port", |flags| &mut flags.https_port, "Port for HTTPS."),
    port(
        "ssl-passthrough-proxy-port",
        |flags| &mut flags.ssl_passthrough_proxy_port,
        "Internal port for TLS where passthrough owns the port for HTTPS.",
    ),
    port("default-server-port", |flags| &mut flags.default_server_port, "Internal port of the server that answers where no backend does."),
    port("healthz-port", |flags| &mut flags.healthz_port, "Port of the health check."),
    port("status-port", |flags| &mut flags.status_port, "Internal port for the configuration of HTTP."),
    port("stream-port", |flags| &mut flags.stream_port, "Internal port for the configuration of TCP and UDP."),
    port("profiler-port", |flags| &mut flags.profiler_port, "Port of the profiler."),
    switch("disable-catch-all", |flags| &mut flags.disable_catch_all, "Ignore Ingresses that catch all hosts."),
    switch("deep-inspect", |flags| &mut flags.deep_inspect, "Refuse Ingresses whose paths look like attacks."),
    switch("disable-full-test", |flags| &mut flags.disable_full_test, "Test an Ingress alone at admission, not with all others."),
    switch("enable-topology-aware-routing", |flags| &mut flags.enable_topology_aware_routing, "Prefer endpoints of the own zone."),
    text("maxmind-edition-ids", |flags| &mut flags.maxmind_edition_ids, "GeoIP2 databases, separated by commas."),
    given("maxmind-license-key", |flags| &mut flags.maxmind_source, "Licence key for GeoIP2 databases."),
    given("maxmind-mirror", |flags| &mut flags.maxmind_source, "URL to fetch GeoIP2 databases from."),
    number("v", |flags| &mut flags.verbosity, "How much the controller logs."),
    idle_switch("add_dir_header", "false", "Log the folder of the source file."),
    idle_switch("alsologtostderr", "false", "Log to standard error as well as files."),
    idle_text("apiserver-host", "", "Address of the API server."),
    idle_text("bucket-factor", "0", "Growth of the buckets of native histograms."),
    idle_text("certificate-authority", "", "File with the authority of the API server."),
    idle_switch("disable-leader-election", "false", "Every replica updates the status of Ingresses."),
    idle_switch("disable-sync-events", "false", "Write no events about syncs."),
    idle_text("dynamic-configuration-retries", "15", "Tries to post the dynamic configuration."),
    idle_text("election-id", "ingress-controller-leader", "Name of the lock of the leader."),
    idle_text("election-ttl", "30s", "How long a leader stays leader."),
    idle_switch("enable-ssl-chain-completion", "false", "Fetch missing intermediate certificates."),
    idle_text("exclude-socket-metrics", "", "Metrics that are not collected."),
    idle_text("health-check-timeout", "10", "Seconds that a health check may take."),
    idle_text("healthz-host", "", "Address of the health check."),
    idle_text("internal-logger-address", "127.0.0.1:11514", "Address of the syslog server in the pod."),
    idle_text("kubeconfig", "", "File with access to the API server."),
    idle_text("length-buckets", "10,20,30,40,50,60,70,80,90,100", "Buckets of the metric of request lengths."),
    idle_text("log_backtrace_at", ":0", "Log a stack trace at this line."),
    idle_text("log_dir", "", "Folder of log files."),
    idle_text("log_file", "", "File of the log."),
    idle_text("log_file_max_size", "1800", "Megabytes of a log file at most."),
    idle_switch("logtostderr", "true", "Log to standard error."),
    idle_text("max-buckets", "100", "Buckets of native histograms at most."),
    idle_text("maxmind-retries-count", "1", "Tries to fetch GeoIP2 databases."),
    idle_text("maxmind-retries-timeout", "0s", "Time between tries to fetch GeoIP2 databases."),
    idle_switch("metrics-per-host", "true", "Collect metrics for each host."),
    idle_switch("metrics-per-undefined-host", "false", "Collect metrics for hosts that nobody declared."),
    idle_switch("one_output", "false", "Log each message once."),
    idle_text("post-shutdown-grace-period", "10", "Seconds to wait after nginx has stopped."),
    idle_text("profiler-address", "127.0.0.1", "Address of the profiler."),
    idle_switch("profiling", "true", "Serve a profiler."),
    idle_text("publish-service", "", "Service whose address becomes the status of Ingresses."),
    idle_text("publish-status-address", "", "Addresses that become the status of Ingresses."),
    idle_switch("report-node-internal-ip-address", "false", "Use internal addresses of nodes as the status of Ingresses."),
    idle_switch("report-status-classes", "false", "Count classes of statuses instead of statuses."),
    idle_text("shutdown-grace-period", "0", "Seconds to wait before nginx is stopped."),
    idle_text("size-buckets", "10,100,1000,10000,100000,1e+06,1e+07", "Buckets of the metric of response sizes."),
    idle_switch("skip_headers", "false", "Log without headers."),
    idle_switch("skip_log_headers", "false", "Write log files without headers."),
    idle_text("status-update-interval", "60", "Seconds between updates of the status of Ingresses."),
    idle_text("stderrthreshold", "2", "Least severe messages on standard error."),
    idle_text("sync-period", "0s", "Time between full reads of all objects."),
    idle_text("sync-rate-limit", "0.3", "Syncs per second at most."),
    idle_text("time-buckets", "0.005,0.01,0.025,0.05,0.1,0.25,0.5,1,2.5,5,10", "Buckets of the metric of durations."),
    idle_switch("update-status", "true", "Update the status of Ingresses."),
    idle_switch("update-status-on-shutdown", "true", "Clear the status of Ingresses at the end."),
    idle_text("validating-webhook", "", "Address of the admission webhook."),
    idle_text("validating-webhook-certificate", "", "File with the certificate of the admission webhook."),
    idle_text("validating-webhook-key", "", "File with the key of the admission webhook."),
    idle_switch("version", "false", "Print the version and end."),
    idle_text("vmodule", "", "How much single source files log."),
];

const fn text(name: &'static str, field: fn(&mut Flags) -> &mut String, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::Text(field) }
}

const fn switch(name: &'static str, field: fn(&mut Flags) -> &mut bool, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::Switch(field) }
}

const fn number(name: &'static str, field: fn(&mut Flags) -> &mut i64, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::Number(field) }
}

const fn port(name: &'static str, field: fn(&mut Flags) -> &mut u16, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::Port(field) }
}

const fn given(name: &'static str, field: fn(&mut Flags) -> &mut bool, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::Given(field) }
}

const fn idle_switch(name: &'static str, default: &'static str, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::IdleSwitch(default) }
}

const fn idle_text(name: &'static str, default: &'static str, doc: &'static str) -> Flag {
    Flag { name, doc, target: Target::IdleText(default) }
}

/// The argument of a name without dashes.
#[must_use]
pub fn find(name: &str) -> Option<&'static Flag> {
    static BY_NAME: LazyLock<HashMap<&str, &Flag>> = LazyLock::new(|| FLAGS.iter().map(|flag| (flag.name, flag)).collect());
    BY_NAME.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_docs_are_sentences() {
        let names: hashbrown::HashSet<_> = FLAGS.iter().map(|flag| flag.name).collect();
        assert_eq!(names.len(), FLAGS.len());
        for flag in FLAGS {
            assert!(flag.doc.ends_with('.') && !flag.name.starts_with('-'), "{}", flag.name);
        }
    }
}
