//! How long rules take for twice as many objects: measured for all rules, with as many as possible of what one may compare with the other.

use std::fmt::Write as _;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use super::{ALL, Look};
use crate::catalog::flags::Flags;
use crate::catalog::version::LATEST;
use crate::lint::{Judgement, Subject};
use crate::lower::{self, Controller, Environment};
use crate::manifest;
use crate::source::SourceMap;

/// The objects of one place in a list. Each namespace is for a kind of comparison.
fn objects(at: usize) -> String {
    let mut text = String::new();
    let mut ingress = |namespace: &str, service: &str, port: &str, more: &str| {
        let _ = write!(
            text,
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i-{at}, namespace: {namespace}, annotations: {{cert-manager.io/issuer: ca-{at}x}}}}\n\
             spec: {{ingressClassName: nginx, {more}rules: [{{host: h-{at}.{namespace}.example, http: {{paths: [{{path: /, pathType: Prefix, backend: \
             {{service: {{name: {service}, port: {{{port}}}}}}}}}]}}}}]}}\n---\n"
        );
    };
    ingress("same", &format!("s-{at}"), "number: 80", "");
    ingress("other", &format!("s-{at}"), &format!("number: {}", 9000 + at), "");
    ingress("missing", &format!("s-{at}x"), "number: 80", &format!("tls: [{{hosts: [h-{at}.missing.example], secretName: t-{at}x}}], "));
    ingress("unready", "s", "number: 80", "");
    for (namespace, labels, pods) in [
        ("same", String::from("app: x"), String::from("app: x")),
        ("other", format!("app: xa-{at}, all: x"), format!("app: xb-{at}, all: x")),
        ("missing", format!("app: x-{at}"), format!("app: x-{at}")),
        ("ingress-nginx", String::from("app: x"), String::from("app: x")),
    ] {
        let image = if namespace == "ingress-nginx" { "registry.k8s.io/ingress-nginx/controller:v1.15.1" } else { "web" };
        let _ = write!(
            text,
            "apiVersion: v1\nkind: Service\nmetadata: {{name: s-{at}, namespace: {namespace}}}\nspec: {{type: LoadBalancer, externalTrafficPolicy: \
             Local, selector: {{{labels}}}, ports: [{{port: 80, targetPort: wbe-{at}}}]}}\n---\n\
             apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d-{at}, namespace: {namespace}}}\nspec: {{replicas: 2, template: {{metadata: \
             {{labels: {{{pods}}}}}, spec: {{containers: [{{name: c, image: '{image}', args: [/nginx-ingress-controller], ports: [{{name: web-{at}, \
             containerPort: {}}}], resources: {{limits: {{cpu: 1m}}}}}}]}}}}}}\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: n-{at}, namespace: {namespace}}}\nspec: {{podSelector: \
             {{matchLabels: {{{pods}}}}}, policyTypes: [Ingress, Egress], ingress: [{{from: [{{podSelector: {{}}}}]}}], egress: [{{to: \
             [{{podSelector: {{}}}}]}}]}}\n---\n\
             apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{name: p-{at}, namespace: {namespace}}}\nspec: {{selector: {{matchLabels: \
             {{app: y-{at}}}}}}}\n---\n\
             apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {{name: a-{at}, namespace: {namespace}}}\nspec: {{scaleTargetRef: \
             {{kind: Deployment, name: e-{at}}}, maxReplicas: 3}}\n---\n",
            2000 + at
        );
    }
    let _ = write!(
        text,
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: t-{at}, namespace: missing}}\ntype: kubernetes.io/tls\ndata: {{tls.crt: eA==, tls.key: eA==}}\n---\n\
         apiVersion: cert-manager.io/v1\nkind: Issuer\nmetadata: {{name: ca-{at}, namespace: missing}}\nspec: {{}}\n---\n\
         apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: s-{at}, namespace: unready, labels: {{kubernetes.io/service-name: s}}}}\n\
         addressType: IPv4\nports: [{{port: 8080}}]\nendpoints: [{{addresses: [10.0.0.1], conditions: {{ready: false}}}}]\n---\n"
    );
    text
}

/// What there is once: a Service without endpoints, and an Ingress with many hosts outside of its `tls`.
fn whole(count: usize) -> String {
    let hosts: Vec<String> = (0..count).map(|at| format!("a-{at}.wide.example")).collect();
    let rules: Vec<String> = (0..count).map(|at| format!("{{host: ax-{at}.wide.example}}")).collect();
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: s, namespace: unready}}\nspec: {{ports: [{{port: 80, targetPort: 8080}}]}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {{name: nginx}}\nspec: {{controller: k8s.io/ingress-nginx}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: wide, namespace: wide}}\nspec: {{ingressClassName: nginx, tls: [{{hosts: [{}], \
         secretName: t}}], rules: [{}]}}\n---\n",
        hosts.join(", "),
        rules.join(", ")
    )
}

/// What this thread has computed, however busy the machine is.
fn now() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}

/// The least of what each rule takes.
fn measure(count: usize) -> Vec<(&'static str, Duration)> {
    let mut sources = SourceMap::default();
    sources.add("in.yaml", (0..count).map(objects).chain([whole(count)]).collect::<String>());
    let cluster = manifest::load(&mut sources).value;
    let controller = Controller { version: LATEST, flags: Flags::parse::<&str>(LATEST, []).value, environment: Environment::default() };
    let proxy = lower::lower(&cluster, &controller).value;
    let judgement = Judgement::default();
    let look = Look::of(&Subject { cluster: &cluster, controller: &controller, proxy: &proxy, judgement: &judgement, now: None });
    let least = |check: super::Check| {
        let time = || {
            let start = now();
            drop(check(&look));
            now().saturating_sub(start)
        };
        time().min(time())
    };
    ALL.iter().map(|(rule, check)| (rule.name, least(*check))).collect()
}

#[test]
fn rules_take_time_in_proportion() {
    let (few, many) = (measure(60), measure(360));
    // Six times as many may take fifteen times as long, where what compares all with all takes thirty-six times as long.
    let slow = few.iter().zip(&many).filter(|((_, few), (_, many))| *many > 15 * *few + Duration::from_millis(30));
    let slow: Vec<_> = slow.collect();
    assert!(slow.is_empty(), "{slow:?}");
}
