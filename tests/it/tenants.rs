//! What a tenant writes takes nothing that another tenant is served.

use crate::support::program::{Run, folder, run};

/// An Ingress of a namespace, created in a year, for a host, with an alias where one is given.
fn ingress(namespace: &str, year: u16, host: &str, alias: &str) -> String {
    let alias = if alias.is_empty() { String::new() } else { format!("    nginx.ingress.kubernetes.io/server-alias: '{alias}'\n") };
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: {namespace}
  creationTimestamp: {year}-01-01T00:00:00Z
  annotations:
    kubernetes.io/ingress.class: nginx
{alias}spec:
  rules:
  - host: \"{host}\"
    http:
      paths:
      - {{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}
---
"
    )
}

/// Everything that is rendered, in one text, and what is said.
fn render(manifests: &str, target: &str, options: &[&str]) -> (String, Run) {
    let folder = folder(&[("in.yaml", manifests)]);
    let mut arguments = vec!["render", "in.yaml", "--target", target, "-o", "out"];
    arguments.extend(options);
    let run = run(folder.path(), &arguments, "");
    let files = ["nginx.conf", "haproxy.cfg", "maps/hosts.map", "maps/host-ends.map", "maps/host-starts.map", "maps/host-patterns.map"];
    let texts = files.iter().filter_map(|name| std::fs::read_to_string(folder.path().join("out").join(name)).ok());
    (texts.collect(), run)
}

#[test]
fn an_alias_takes_no_host_of_another_tenant() {
    for (host, alias, is_told) in [
        ("victim.example", "VICTIM.example", true),
        ("victim.example", ".victim.example", true),
        ("victim.example", "victim.example.", true),
        ("victim.example", "mine.example", false),
        ("*.shop.example", "Pay.Shop.Example", true),
        ("*.shop.example", "*.shop.example", true),
        ("*.shop.example", ".example", true),
        ("*.shop.example", "*.example", true),
        ("*.shop.example", "pay.*", true),
        ("*.shop.example", r"~^(www|m)\.mine\.example$", false),
        ("*.shop.example", "*.mine.example", false),
        ("*.shop.example", "a.pay.shop.example", false),
    ] {
        let victim = ingress("a", 2020, host, "");
        for thief in ["a.example", "z.example"] {
            for target in ["nginx", "haproxy"] {
                let (with, Run { stderr, .. }) = render(&(victim.clone() + &ingress("b", 2021, thief, alias)), target, &[]);
                let (without, _) = render(&(victim.clone() + &ingress("b", 2021, thief, "")), target, &[]);
                // An alias that is the very host of another is no alias for the controller either.
                let told = stderr.contains("greedy-alias") || stderr.contains("overridden-alias");
                assert_eq!((told, with == without), (is_told, is_told), "{target} {host} {alias}: {stderr}\n{with}");
            }
        }
    }
}

/// An Ingress as `ingress` makes it, with the redirect of the `www.` twin instead of an alias.
fn with_twin(namespace: &str, year: u16, host: &str) -> String {
    ingress(namespace, year, host, "true").replace("server-alias", "from-to-www-redirect")
}

#[test]
fn what_two_namespaces_ask_for_belongs_to_the_one_that_came_first() {
    let wild = || ingress("a", 2020, "*.shop.example", "");
    type Taker = fn(u16) -> String;
    let cases: [(String, Taker, &str); 10] = [
        // A twin below a wildcard of another namespace, from both of its sides.
        (wild(), |year| with_twin("b", year, "shop.example"), "www.shop.example"),
        (wild(), |year| with_twin("b", year, "www.pay.shop.example"), " pay.shop.example;"),
        (wild(), |year| ingress("b", year, "z.example", "Pay.Shop.Example"), "Pay.Shop.Example"),
        // The name of a twin or alias, as an alias or twin of another.
        (with_twin("a", 2020, "shop.example"), |year| ingress("b", year, "0.example", "www.shop.example."), "www.shop.example.;"),
        (ingress("a", 2020, "z.example", "www.shop.example"), |year| with_twin("b", year, "shop.example"), "# www.shop.example is"),
        (ingress("a", 2020, "z.example", "pay.example"), |year| ingress("b", year, "0.example", "PAY.example"), "PAY.example"),
        (ingress("a", 2020, "z.example", "pay.example"), |year| ingress("b", year, "0.example", ".pay.example"), " .pay.example"),
        (ingress("a", 2020, "z.example", "*.pay.example"), |year| ingress("b", year, "0.example", "x.pay.example"), "x.pay.example"),
        (ingress("a", 2020, "z.example", "*.pay.example"), |year| ingress("b", year, "0.example", ".y.pay.example"), ".y.pay.example"),
        (ingress("a", 2020, "z.example", "~^pay"), |year| ingress("b", year, "0.example", "~^pay"), "~^pay"),
    ];
    for (owner, taker, name) in cases {
        for target in ["nginx", "haproxy"] {
            let (alone, _) =
                render(&(owner.clone() + &taker(2021).replace("server-alias", "x").replace("from-to-www-redirect", "x")), target, &[]);
            let (with, Run { stderr, .. }) = render(&(owner.clone() + &taker(2021)), target, &[]);
            assert_eq!(alone, with, "{name}");
            assert!(stderr.contains("greedy-alias"), "{name}: {stderr}");
        }
        let (text, Run { stderr, .. }) = render(&(owner.clone() + &taker(2019)), "nginx", &[]);
        assert!(text.contains(name), "{name} came first: {text}");
        // Nothing is taken by a name for many of what is named.
        let is_longer = owner.contains("*.pay");
        assert_eq!(stderr.contains("greedy-alias") || stderr.contains("foreign-host"), !is_longer, "{name}: {stderr}");
    }
}

#[test]
fn a_host_that_no_api_server_takes_closes_no_alias_or_twin_of_others() {
    for (owner, host, name) in [
        (ingress("a", 2020, "shop.example", "pay.example"), "Pay.example", "pay.example"),
        (ingress("a", 2020, "shop.example", ".pay.example"), "PAY.EXAMPLE", "pay.example"),
        (ingress("a", 2020, "shop.example", "*.pay.example"), "x.y.PAY.example", "x.y.pay.example"),
        (with_twin("a", 2020, "shop.example"), "WWW.shop.example", "www.shop.example"),
        (with_twin("a", 2020, "www.shop.example"), "shop.example.", "shop.example"),
    ] {
        for target in ["nginx", "haproxy"] {
            let (alone, _) = render(&owner, target, &[]);
            let (with, Run { stderr, .. }) = render(&(owner.clone() + &ingress("b", 2021, host, "")), target, &[]);
            let named = |text: &str| text.lines().filter(|line| line.contains(name)).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(named(&alone), named(&with), "{target} {host}: {stderr}");
            let (own, _) = render(&ingress("b", 2021, host, ""), target, &[]);
            assert!(!named(&own).is_empty(), "{target} {host} is closed where nobody has the name");
        }
    }
}

#[test]
fn haproxy_finds_names_for_many_as_nginx_does() {
    let one = ingress("a", 2020, "shop.example", ".b.example,pay.*").replace("name: web\n  namespace", "name: one\n  namespace");
    let (text, run) = render(&(one + &ingress("a", 2020, "web.example", "*.a.b.example,*.example")), "haproxy", &[]);
    for line in ["b.example shop.example\n", "pay. shop.example\n", "map_beg(maps/host-starts.map)"] {
        assert!(text.contains(line), "{line}: {text} {run:?}");
    }
    // The longest comes first.
    assert!(text.contains(".a.b.example web.example\n.b.example shop.example\n.example web.example\n"), "{text}");
}

#[test]
fn a_name_for_many_goes_behind_hosts_of_others_that_came_later() {
    for (alias, pattern, end) in [
        ("*.example", r"~^.+\.example$", r"^.+\.example$"),
        ("pay.*", r"~^pay\..+$", r"^pay\..+$"),
        (".shop.example", r"~^.+\.shop\.example$", r"^.+\.shop\.example$"),
    ] {
        let manifests = ingress("a", 2021, "*.shop.example", "") + &ingress("b", 2020, "z.test", alias);
        let (text, Run { stderr, .. }) = render(&manifests, "nginx", &[]);
        let text = text.replace(r"\\", r"\");
        let [host, names] = [r"~^(?<subdomain>[\w-]+)\.shop\.example$", pattern].map(|name| text.find(name));
        assert!(host.is_some() && host < names, "{alias}: {text}");
        assert!(stderr.contains("greedy-alias"), "{alias}: {stderr}");
        let (text, _) = render(&manifests, "haproxy", &[]);
        assert!(text.contains(end) && text.contains("host-patterns.map"), "{alias}: {text}");
        assert!(!text.contains("host-ends.map"), "{alias}: {text}");
        // Nothing is said, and nothing changes, where both are of one namespace.
        let (text, Run { stderr, .. }) =
            render(&manifests.replace("namespace: b", "namespace: a").replacen("name: web", "name: wild", 1), "nginx", &[]);
        assert!(text.contains(alias) && !stderr.contains("the host goes before"), "{alias}: {stderr}");
    }
}

#[test]
fn a_pattern_takes_nothing_from_hosts_with_a_star() {
    for (host, alias) in [("a.example", r"~^pay\.shop\.example$"), ("z.example", "~^pay"), ("*.a.example", "~^pay")] {
        let manifests = ingress("a", 2020, "*.shop.example", "") + &ingress("b", 2021, host, alias);
        let (text, Run { stderr, .. }) = render(&manifests, "nginx", &[]);
        let text = text.replace(r"\\", r"\");
        let [victim, names] = [r"~^(?<subdomain>[\w-]+)\.shop\.example$", &alias.replace('$', "")].map(|name| text.find(name));
        assert!(victim.is_some() && victim < names, "{host} {alias}: {text}");
        assert!(!stderr.contains("greedy-alias"), "{host} {alias}: {stderr}");
    }
}

#[test]
fn a_tenant_keeps_names_below_wildcards_of_its_own_and_of_later_ones() {
    for (namespace, year) in [("b", 2020), ("a", 2022)] {
        let wildcard = ingress(namespace, year, "*.shop.example", "").replace("name: web\n  namespace", "name: wild\n  namespace");
        let (text, Run { stderr, .. }) = render(&(wildcard + &ingress("b", 2021, "z.example", "pay.shop.example")), "nginx", &[]);
        assert!(text.contains(" pay.shop.example;") && !stderr.contains("greedy-alias"), "{namespace}: {stderr}");
    }
}

#[test]
fn nothing_is_written_for_a_proxy_where_two_workloads_say_they_were_the_controller() {
    let workload = |namespace: &str| {
        format!(
            "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: proxy, namespace: {namespace}}}
spec:
  replicas: 0
  template: {{spec: {{containers: [{{name: c, image: busybox, command: [nginx-ingress-controller], args: [--annotations-prefix=evil.example]}}]}}}}
---
"
        )
    };
    let shop = ingress("a", 2020, "shop.example", "");
    for target in ["nginx", "haproxy"] {
        let (text, run) = render(&(workload("aaa") + &workload("bbb") + &shop), target, &[]);
        assert_eq!((text.as_str(), run.code), ("", Some(2)), "{}", run.stderr);
        assert!(run.stderr.contains("several-controllers") && run.stderr.contains("nothing is written"), "{}", run.stderr);
        let (text, run) = render(&(workload("aaa") + &shop), target, &[]);
        assert!(text.contains("shop.example") && run.code == Some(1) && run.stderr.contains("unproven-controller"), "{}", run.stderr);
        let (text, run) = render(&(workload("aaa") + &workload("ingress-nginx") + &shop), target, &["--quiet"]);
        assert!(text.contains("shop.example") && run.code == Some(0), "{}", run.stderr);
    }
}

#[test]
fn services_of_one_upstream_name_get_their_own_requests() {
    let tenant = |namespace: &str, service: &str, host: &str, address: &str| {
        let ingress = ingress(namespace, 2020, host, "").replace("service: {name: web,", &format!("service: {{name: {service},"));
        format!(
            "{ingress}apiVersion: v1\nkind: Service\nmetadata: {{name: {service}, namespace: {namespace}}}\nspec: {{ports: [{{port: 80}}]}}\n---\n\
             apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {service}-1, namespace: {namespace}, \
             labels: {{kubernetes.io/service-name: {service}}}}}\naddressType: IPv4\nports: [{{port: 80}}]\nendpoints: [{{addresses: [{address}]}}]\n---\n"
        )
    };
    let manifests = tenant("a", "b-c", "one.example", "10.0.0.1") + &tenant("a-b", "c", "two.example", "10.0.0.2");
    for target in ["nginx", "haproxy"] {
        let (text, run) = render(&manifests, target, &[]);
        assert!(text.contains("10.0.0.1:80") && text.contains("10.0.0.2:80"), "{target}: {run:?}\n{text}");
        assert!(!run.stderr.contains("mixed-upstreams"), "{target}: {run:?}");
    }
    let (text, run) = render(&manifests, "ingress-nginx", &[]);
    assert!(run.stderr.contains("mixed-upstreams") && !text.is_empty(), "{run:?}");
}

/// What is served for `/` of the first host and what holds for it as a whole, out of an `nginx.conf`: all that no other location says.
fn shared_part(text: &str) -> String {
    let start = text.find("## start server shop.example").unwrap_or_default();
    let end = text.rfind("## end server").unwrap_or(text.len());
    let (mut kept, mut depth) = (String::new(), 0_usize);
    for line in text[start..end].lines().map(str::trim) {
        let is_location =
            line.starts_with("location ") && !["/", "\"/\"", "\"^/\""].iter().any(|path| line.contains(&format!(" {path} {{")));
        if depth > 0 || is_location {
            depth += line.matches('{').count();
            depth -= line.matches('}').count().min(depth);
        } else if !line.is_empty() && !line.starts_with('#') {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[test]
fn whatever_holds_for_a_whole_host_is_told_to_those_who_share_it() {
    let listed = run(folder(&[]).path(), &["catalog", "--format", "json"], "").stdout;
    let catalog: serde_json::Value = serde_json::from_str(&listed).expect("the catalog is JSON");
    let entries = catalog["annotations"].as_array().expect("the catalog has annotations");
    let text = |entry: &serde_json::Value, field: &str| entry[field].as_str().unwrap_or_default().to_owned();
    let named = |name: &str| entries.iter().find(|entry| text(entry, "name") == name).map(|entry| text(entry, "example"));
    let options = ["--controller-arg", "--enable-ssl-passthrough", "--configmap", "ingress-nginx/ingress-nginx-controller"];
    let secrets = include_str!("../../golden/render/client-certificates/in.yaml");
    let authority =
        secrets.split("\n---\n").nth(1).expect("the second document holds an authority").replace("name: clients", "name: ca") + "\n---\n";
    let victim = ingress("a", 2020, "shop.example", "");
    let (mut for_host, mut differing) = (Vec::new(), Vec::new());
    for entry in entries {
        let other = |annotations: &[(String, String)]| {
            let lines: Vec<String> =
                annotations.iter().map(|(name, value)| format!("    nginx.ingress.kubernetes.io/{name}: {value:?}\n")).collect();
            let plain = ingress("shop", 2021, "shop.example", "").replace("path: /,", "path: /own,");
            plain.replace("spec:\n", &(lines.concat() + "spec:\n"))
        };
        let (name, needs) = (text(entry, "name"), text(entry, "needs"));
        // A rewrite is told by itself.
        let needed = named(&needs).filter(|_| needs != "rewrite-target");
        let mut annotations: Vec<_> = needed.map(|example| (needs.clone(), example)).into_iter().collect();
        let snippets = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\n\
                        data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n---\n";
        let world = format!("{snippets}{victim}{authority}");
        let (before, _) = render(&format!("{world}{}", other(&annotations)), "ingress-nginx", &options);
        annotations.push((name.clone(), text(entry, "example")));
        let (after, run) = render(&format!("{world}{}", other(&annotations)), "ingress-nginx", &options);
        let told = run.stderr.contains("[foreign-setting]") || run.stderr.contains("[foreign-pattern]");
        let is_for_host = entry["for_host"] == true;
        assert_eq!(told, is_for_host, "{name}: {}", run.stderr);
        if is_for_host {
            for_host.push(name.clone());
        }
        if shared_part(&before) != shared_part(&after) {
            assert!(is_for_host, "{name} changes what another is served:\n{}\n{}", shared_part(&before), shared_part(&after));
            differing.push(name);
        }
    }
    // What cannot be seen in this part: it needs a name as well, it stands in a server of its own, or it is done before nginx.
    for_host.retain(|name| !differing.contains(name));
    assert_eq!(for_host, ["proxy-ssl-server-name", "from-to-www-redirect", "ssl-passthrough"]);
}

#[test]
fn who_makes_patterns_too_is_no_victim_of_them() {
    let with = |namespace: &str, annotation: &str| {
        let path = format!("path: /{namespace},");
        ingress(namespace, 2020, "shop.example", "true").replace("server-alias", annotation).replace("path: /,", &path)
    };
    for (three, told) in [
        ([with("a", "use-regex"), with("b", "use-regex"), String::new()], 0),
        ([with("a", "use-regex"), with("b", "rewrite-target"), String::new()], 0),
        ([with("a", "use-regex"), with("b", "enable-cors"), String::new()], 1),
        ([with("a", "use-regex"), with("b", "use-regex"), with("c", "enable-cors")], 2),
    ] {
        let (_, run) = render(&three.concat(), "ingress-nginx", &[]);
        assert_eq!(run.stderr.matches("[foreign-pattern]").count(), told, "{}", run.stderr);
    }
}

#[test]
fn two_that_ask_for_the_same_certificate_do_not_disagree() {
    let with = |namespace: &str, secret: &str, text: &str| {
        let tls = format!("spec:\n  tls: [{{hosts: [Shop.example]{secret}}}]\n");
        let path = format!("path: /{namespace},");
        let ingress = ingress(namespace, 2020, "shop.example", "").replace("spec:\n", &tls).replace("path: /,", &path);
        format!(
            "{ingress}apiVersion: v1\nkind: Secret\nmetadata: {{name: pair, namespace: {namespace}}}\nstringData: {{tls.crt: {text}}}\n---\n"
        )
    };
    const NAMED: &str = ", secretName: pair";
    for (one, two, is_told) in [
        (with("a", "", "x"), with("b", "", "x"), false),
        (with("a", NAMED, "x"), with("b", NAMED, "x"), false),
        (with("a", NAMED, "x"), with("b", NAMED, "y"), true),
        (with("a", NAMED, "x"), with("b", "", "x"), true),
        (with("a", ", secretName: other", "x"), with("b", ", secretName: other", "x"), true),
        (with("a", "", "x"), ingress("b", 2021, "shop.example", "").replace("path: /,", "path: /b,"), true),
    ] {
        let (_, run) = render(&(one + &two), "ingress-nginx", &[]);
        assert_eq!(run.stderr.contains("[foreign-setting]"), is_told, "{}", run.stderr);
    }
}
