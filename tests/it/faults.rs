//! Published faults of nginx: what is told of manifests that reach one, and what targets never write.

use std::fs;

use ingressc::nginx::{Build, Judge};
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder, run};

const SNIPPETS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: \"true\", annotations-risk-level: Critical}
";

/// An Ingress with annotations, each on its own line.
fn ingress(path: &str, annotations: &[&str]) -> String {
    let annotations: String = annotations.iter().map(|line| format!("    nginx.ingress.kubernetes.io/{line}\n")).collect();
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\n  annotations:\n{annotations}spec:\n  ingressClassName: nginx\n  \
         rules:\n  - host: shop.example\n    http:\n      paths:\n      - path: {path}\n        pathType: ImplementationSpecific\n        \
         backend: {{service: {{name: web, port: {{number: 80}}}}}}\n"
    )
}

fn snippet(lines: &[&str]) -> String {
    format!("configuration-snippet: |\n{}", lines.iter().map(|line| format!("      {line}\n")).collect::<String>().trim_end())
}

fn check(manifest: &str, args: &[&str]) -> Run {
    let folder = folder(&[("in.yaml", manifest), ("settings.yaml", SNIPPETS)]);
    run(folder.path(), &[&["check", "in.yaml", "settings.yaml"], args].concat(), "")
}

/// Line, severity and text of the finding about a fault, as `--format concise` says them.
fn told(manifest: &str, args: &[&str]) -> Option<String> {
    let run = check(manifest, &[&["--format", "concise"], args].concat());
    run.stdout.lines().find(|line| line.contains("[reachable-fault]")).map(str::to_owned)
}

/// Manifests, and the line and the advisory where one is reached.
fn shapes() -> Vec<(String, Option<(usize, &'static str)>)> {
    let regex = "use-regex: \"true\"";
    let to = |target: &str| format!("rewrite-target: {target}");
    let old = snippet(&["rewrite ^/old/(.*)$ /new/$1?from=old;"]);
    let one = |line: &str| snippet(&[line]);
    let two = |first: &str, then: &str| snippet(&[first, then]);
    vec![
        (ingress("/((.*))", &[regex, &to("https://new.example.com/$1$2")]), Some((8, "CVE-2026-9256"))),
        (ingress(r"/((a|\+)*)", &[regex, &to("https://new.example.com/$1$2")]), Some((8, "CVE-2026-9256"))),
        (ingress("/", &[&one("rewrite ^/(v1/(.*))$ https://new.example.com/$1?r=$2 redirect;")]), Some((8, "CVE-2026-9256"))),
        (ingress("/((?!api)(.*))", &[regex, &to("https://new.example.com/$1$2")]), Some((8, "CVE-2026-9256"))),
        (ingress("/(old|new)/(.*)", &[regex, &to("/$host/$2"), &old]), Some((8, "CVE-2026-42945"))),
        (ingress("/", &[&two("rewrite ^(.*) /new?c=1;", "set $v $1;")]), Some((9, "CVE-2026-42945"))),
        (ingress("/", &[&two("rewrite ^(.*) /new?c=1;", "if ($uri = \"$1\") { return 403; }")]), Some((9, "CVE-2026-42945"))),
        (ingress("/((.*))", &[regex, &to("https://new.example.com/$1")]), None),
        (ingress("/((.*))", &[regex, &to("https://$host/$1$2")]), None),
        (ingress("/(a*)/(.*)", &[regex, &to("https://new.example.com/$1$2")]), None),
        (ingress("/(old|new)/(.*)", &[regex, &to("/$2"), &old]), None),
        (ingress("/", &[&one("rewrite ^/(.*)$ https://new.example.com/?x=$1 redirect;")]), None),
        (ingress("/", &[&two("rewrite ^(?<all>.*) /new?c=1;", "set $v $all;")]), None),
        (ingress("/", &[&two("rewrite ^(.*) /new?c=1 break;", "set $v $1;")]), None),
        (ingress("/", &[&two("rewrite ^/[a-z]*$ /new?c=1;", "set $v $1;")]), None),
        (ingress("/api(/|$)(.*)", &[regex, &to("/$2")]), None),
    ]
}

#[test]
fn what_a_request_reaches_is_an_error_at_its_line_and_nothing_else_is_told() {
    for (manifest, expected) in shapes() {
        let found = told(&manifest, &[]);
        let Some((line, id)) = expected else {
            assert_eq!(found, None, "{manifest}");
            continue;
        };
        let found = found.unwrap_or_else(|| panic!("nothing is told of\n{manifest}"));
        assert!(
            found.starts_with(&format!("in.yaml:{line}:")) && found.contains(&format!("error[reachable-fault] {id} is")),
            "{found}\n{manifest}"
        );
    }
}

#[test]
fn the_nginx_inside_decides() {
    let (manifest, _) = shapes().swap_remove(0);
    for (args, expected) in [
        (&["--controller", "1.9.6"][..], Some("error")),
        (&["--controller", "rke2:1.12.4"], Some("warning")),
        (&["--controller", "forkline:2026.5.3"], Some("warning")),
        (&["--controller", "deckhouse:1.14.0"], None),
        (&["--nginx-inside", "1.30.1"], Some("error")),
        (&["--nginx-inside", "1.30.2"], None),
        (&["--controller", "rke2:1.12.4", "--nginx-inside", "1.31.1"], None),
    ] {
        let found = told(&manifest, args);
        assert_eq!(found.is_some(), expected.is_some(), "{args:?}");
        assert!(found.zip(expected).is_none_or(|(found, severity)| found.contains(&format!(" {severity}[reachable-fault]"))), "{args:?}");
    }
}

#[test]
fn it_is_said_who_makes_it_happen_and_code_scanning_gets_a_number() {
    let (manifest, _) = shapes().swap_remove(0);
    let text = check(&manifest, &[]).stdout;
    for said in [
        "release 1.15.1 has nginx 1.27.1 inside",
        "whoever may send a request",
        "without a snippet",
        "by requests for this path",
        "1.30.2 or 1.31.1",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
    let report: Value = serde_json::from_str(&check(&manifest, &["--format", "sarif"]).stdout).expect("it is JSON");
    let rules = report["runs"][0]["tool"]["driver"]["rules"].as_array().expect("there are rules");
    let rule = rules.iter().find(|rule| rule["id"] == "reachable-fault").expect("it is there");
    assert_eq!(rule["properties"]["security-severity"], "9.2");
}

#[test]
fn groups_get_names_where_that_means_the_same() {
    let manifest = ingress("/", &[&snippet(&["rewrite ^/old/(.*)$ /new/$1?from=old;", "rewrite ^/new/(.*)$ /$host/$1 break;"])]);
    let folder = folder(&[("in.yaml", &manifest), ("settings.yaml", SNIPPETS)]);
    let fixed = run(folder.path(), &["check", "in.yaml", "settings.yaml", "--fix"], "");
    let text = fs::read_to_string(folder.path().join("in.yaml")).expect("the file is there");
    assert_eq!(
        text,
        manifest.replace("rewrite ^/new/(.*)$ /$host/$1 break", "rewrite ^/new/(?<part1>.*)$ /$host/${part1} break"),
        "{fixed:?}"
    );
    assert_eq!(told(&text, &[]), None);
}

#[test]
fn targets_write_no_rewrite_that_reaches_one() {
    for (manifest, _) in shapes().into_iter().filter(|(manifest, _)| !manifest.contains("snippet")) {
        let folder = folder(&[("in.yaml", &manifest)]);
        let rendered = run(folder.path(), &["render", "in.yaml", "--target", "nginx"], "");
        assert!(rendered.stdout.contains("rewrite"), "{rendered:?}");
        let mut judge = Judge::new(Build::Controller((1, 15, 1)));
        judge.take(&rendered.stdout);
        let reached: Vec<_> = judge.take_reached().into_iter().map(|reached| reached.place.line).collect();
        assert_eq!(reached, Vec::<String>::new(), "{manifest}");
    }
}

#[test]
fn faults_that_take_settings_are_told_with_them() {
    let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: {ignore-invalid-headers: \"false\", \
                    large-client-header-buffers: 4 4m}\n";
    let grpc = ingress("/", &["backend-protocol: GRPC"]);
    let told = |settings: &str, manifest: &str| {
        let folder = folder(&[("in.yaml", manifest), ("settings.yaml", settings)]);
        run(folder.path(), &["check", "in.yaml", "settings.yaml"], "").stdout
    };
    let text = told(settings, &grpc);
    assert!(text.contains("CVE-2026-42055 is reached here") && text.contains("together with `ignore_invalid_headers off`"), "{text}");
    for (settings, manifest) in [
        (settings.replace("false", "true"), grpc.clone()),
        (settings.replace("4m", "8k"), grpc.clone()),
        (settings.to_owned(), grpc.replace("GRPC", "HTTP")),
    ] {
        let text = told(&settings, &manifest);
        assert!(!text.contains("CVE-2026-42055"), "{text}");
    }
}

#[test]
fn advisories_are_listed_and_explained() {
    let folder = folder(&[]);
    let of = |args: &[&str]| run(folder.path(), &[&["advisories"], args].concat(), "");
    assert!(of(&[]).stdout.lines().count() > 30);
    let page = of(&["cve-2026-42945"]).stdout;
    assert!(page.starts_with("# CVE-2026-42945\n") && page.contains("## Reaches it") && page.contains("Confirmed: run"), "{page}");
    let list: Value = serde_json::from_str(&of(&["--format", "json"]).stdout).expect("it is JSON");
    let is_it = |advisory: &&Value| advisory["ids"][0] == "CVE-2026-1642";
    assert!(list["advisories"].as_array().is_some_and(|all| all.iter().any(|advisory| is_it(&advisory))));
    let unknown = of(&["CVE-0000-1"]);
    assert_eq!(unknown.code, Some(2), "{unknown:?}");
    assert!(unknown.stderr.contains("there is no advisory `CVE-0000-1`"), "{unknown:?}");
}
