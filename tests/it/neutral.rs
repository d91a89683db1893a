//! What the neutral targets make of what they cannot know or cannot use: never an open door, never a server less, always a finding.

use std::fs;
use std::process::{Command, Stdio};

const TARGETS: [(&str, &str); 2] = [("nginx", "nginx.conf"), ("haproxy", "haproxy.cfg")];

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: loom, namespace: mill, annotations: {ANNOTATIONS}}
spec:
  ingressClassName: nginx
  rules:
  - {host: loom.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: wool, port: PORT}}}]}}
---
";

const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata: {name: wool, namespace: mill}
spec: {ports: [{name: http, port: 80}]}
---
";

const OTHER_SLICE: &str = "\
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: inn, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.9.0.1]}]
ports: [{name: http, port: 8080}]
---
";

fn ingress(annotations: &str, port: &str) -> String {
    INGRESS.replace("ANNOTATIONS", annotations).replace("PORT", port)
}

fn config(key: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\ndata: {{{key}: '{value}'}}\n---\n"
    )
}

/// The configuration, and what is said.
fn render(objects: &str, (target, file): (&str, &str)) -> (String, String) {
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::write(folder.path().join("in.yaml"), objects).expect("files can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(["render", "in.yaml", "--target", target, "-o", "out", "--configmap", "ingress-nginx/ingress-nginx-controller"]);
    command.args(["--controller-arg=--enable-annotation-validation=false"]).args((target == "haproxy").then_some("--haproxy-lua"));
    let output = command.current_dir(folder.path()).env_clear().stdin(Stdio::null()).output().expect("the program starts");
    let text = fs::read_to_string(folder.path().join("out").join(file)).expect("it is rendered");
    (text, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn services_that_are_not_in_the_input_are_asked_by_name_or_told() {
    let name = "wool.mill.svc.cluster.local:80";
    for (objects, is_named, told) in [
        (ingress("", "{number: 80}"), true, "does not hold Service `mill/wool`: requests go to its name in DNS"),
        (ingress("", "{name: http}"), false, "does not say who answers for Service `mill/wool`: requests get 503"),
        // Where endpoints are, those of all Services are.
        (OTHER_SLICE.to_owned() + &ingress("", "{number: 80}"), false, "does not say who answers"),
        ([SERVICE, OTHER_SLICE, &ingress("", "{number: 80}")].concat(), false, "does not say who answers"),
        ([SERVICE, &ingress("", "{number: 80}")].concat(), true, ""),
        // A Service of that name elsewhere, or others of the namespace: then it is missing, which is told as that.
        ([&SERVICE.replace("mill", "inn"), ingress("", "{number: 80}").as_str()].concat(), false, "there is no Service"),
        ([&SERVICE.replace("name: wool", "name: silk"), ingress("", "{number: 80}").as_str()].concat(), false, "there is no Service"),
    ] {
        for target in TARGETS {
            let (text, said) = render(&objects, target);
            assert_eq!(text.contains(name), is_named, "{target:?}\n{objects}\n{text}");
            let is_missing = told.starts_with("there is no");
            assert!(is_missing && !said.contains("does not say") || !is_missing && said.contains(told), "{target:?}\n{objects}\n{said}");
        }
    }
}

#[test]
fn a_bad_entry_of_a_list_takes_no_server_and_opens_none() {
    let objects = [SERVICE, &ingress("", "{number: 80}")].concat();
    for (key, value, closes) in [
        ("block-cidrs", "10.0.0.0/8,ten", true),
        ("block-user-agents", "curl,~(", true),
        ("block-referers", "~*[", true),
        ("denylist-source-range", "10.0.0.0/8,ten", true),
        ("nginx-status-ipv4-whitelist", "127.0.0.1,ten", false),
        ("nginx-status-ipv6-whitelist", "ten", false),
        ("proxy-real-ip-cidr", "ten", false),
        ("skip-access-log-urls", "~(", false),
    ] {
        for target in TARGETS {
            let (text, said) = render(&format!("{objects}{}", config(key, value)), target);
            if target.0 == "nginx" {
                let servers: Vec<&str> = text.lines().map(str::trim).filter(|line| line.starts_with("server_name ")).collect();
                assert_eq!(servers, ["server_name _;", "server_name loom.test;"], "{key}");
            }
            assert_eq!(text.contains("Closed: "), closes, "{key} {target:?}\n{text}");
            assert!(!closes || said.contains("error["), "{key} {target:?}\n{said}");
        }
    }
}

#[test]
fn no_client_chooses_a_group_of_endpoints_for_authentication() {
    for (url, is_guarded) in [
        ("http://$arg_x/", true),
        ("http://$http_x:80/a", true),
        ("https://$host/oauth2/auth", true),
        ("http://login.example.com/$request_uri", false),
        ("http://login.example.com$request_uri", false),
        ("http://login.example.com/auth?rd=$arg_x", false),
    ] {
        let objects = [SERVICE, &ingress(&format!("nginx.ingress.kubernetes.io/auth-url: '{url}'"), "{number: 80}")].concat();
        let (text, _) = render(&objects, TARGETS[0]);
        assert!(text.contains("set $auth_service"), "{url}\n{text}");
        assert_eq!(text.contains("if ($auth_service !~* "), is_guarded, "{url}\n{text}");
    }
}

#[test]
fn a_path_that_is_no_regular_expression_closes_no_other() {
    for path in ["/a(", "/a[", "/a**", "/(?<n>a)(?<n>b)", "/a(?<=b+)", "/a{3,1}", "/a)"] {
        let other = format!(
            "paths: [{{path: '{path}', pathType: ImplementationSpecific, backend: {{service: {{name: wool, port: {{number: 80}}}}}}}}, "
        );
        let objects = ingress("nginx.ingress.kubernetes.io/use-regex: 'true'", "{number: 80}").replace("paths: [", &other);
        let (text, said) = render(&[SERVICE, &objects].concat(), TARGETS[0]);
        assert_eq!(text.matches("Closed: ").count(), 1, "{path}\n{text}");
        assert!(text.contains("location ~* ^/ {") && text.contains("server_name loom.test"), "{path}\n{text}");
        assert_eq!(said.matches("is no regular expression").count(), 1, "{path}\n{said}");
    }
}

#[test]
fn what_is_sent_again_is_told_only_where_it_gets_lost() {
    for (conditions, for_all, is_lost) in [
        ("error non_idempotent", "false", true),
        ("error non_idempotent", "true", false),
        ("error", "true", false),
        ("error", "false", false),
    ] {
        let annotations = format!("nginx.ingress.kubernetes.io/proxy-next-upstream: '{conditions}'");
        let objects = [SERVICE, &config("retry-non-idempotent", for_all), &ingress(&annotations, "{number: 80}")].concat();
        for target in TARGETS {
            let (text, said) = render(&objects, target);
            let is_told = said.contains("POST, LOCK and PATCH are sent again");
            assert_eq!(is_told, is_lost && target.0 == "haproxy", "{conditions} {for_all} {target:?}\n{said}");
            assert!(target.0 == "haproxy" || text.contains("non_idempotent") != (for_all == "false" && conditions == "error"), "{text}");
        }
    }
}

#[test]
fn a_host_that_nginx_refuses_is_closed_alone() {
    let other = ingress("", "{number: 80}").replace("name: loom", "name: spindle").replace("loom.test", "spindle.test");
    for annotation in ["ssl-ciphers: nonsense", "server-snippet: 'client_header_timeout soon;'"] {
        let of_host = ingress(&format!("nginx.ingress.kubernetes.io/{annotation}"), "{number: 80}");
        let settings = config("allow-snippet-annotations", "true', annotations-risk-level: 'Critical");
        let (text, said) = render(&[SERVICE, &settings, &of_host, &other].concat(), TARGETS[0]);
        let server = |name: &str| {
            let rest = text.split(&format!("server_name {name};")).nth(1).unwrap_or_default();
            rest.split("server_name ").next().unwrap_or_default().to_owned()
        };
        let (closed, open) = (server("loom.test"), server("spindle.test"));
        assert!(closed.contains("return 503;") && !closed.contains("proxy_pass"), "{annotation}\n{text}");
        assert!(!open.contains("return 503;") && open.contains("proxy_pass"), "{annotation}\n{text}");
        assert!(!text.contains("nonsense") && !text.contains(" soon"), "{annotation}\n{text}");
        assert_eq!(said.matches("the host answers 503 instead").count(), 1, "{annotation}\n{said}");
    }
}
