//! Beside a configuration that runs: an Ingress that loses a location or its part as a canary is blamed, not the one that has it now.

use pretty_assertions::assert_eq;
use std::fs;

use super::{CLUSTER, LIVE, SHOP, edit, folder, json, run, shop, told, write};

/// What has a part in the locations of `web`, and comes after it by name: each takes what `web` gives up.
const OTHERS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: aa-canary
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '10'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: aa-later, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: /api, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: next, namespace: shop}
spec: {ports: [{port: 80}]}
";

#[test]
fn who_lost_a_location_or_a_share_is_blamed() {
    let folder = folder(&[("in/web.yaml", SHOP), ("in/cluster.yaml", CLUSTER), ("in/others.yaml", OTHERS)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    assert_eq!(told(&json(folder.path(), &LIVE)), [""; 0]);
    let lost = "password authentication removed; limit of requests removed: 5r/s, burst 25; \
                stronger: limit of request bodies changed from 8m to 1m <- in/web.yaml";
    let share = "`alternativeBackends` of `shop-front-80` removed: [\"shop-next-80\"]";
    let of_weight = format!(
        "{share}; `noServer` of `shop-next-80` changed from true to false; weight of canary `shop-next-80` changed from 10 to 0; \
         `trafficShapingPolicy.weightTotal` of `shop-next-80` changed from 100 to 0 <- in/others.yaml"
    );
    for (file, from, to, expected) in [
        // `Exact` is the path alone: what is below it goes to the next.
        ("in/web.yaml", "/api\n        pathType: Prefix", "/api\n        pathType: Exact", format!("{lost}:25")),
        ("in/others.yaml", "    nginx.ingress.kubernetes.io/canary: 'true'\n", "", format!("{of_weight}:6")),
        ("in/others.yaml", "canary: 'true'", "canary: 'false'", format!("{of_weight}:7")),
        (
            "in/others.yaml",
            "host: shop.example\n    http: {paths: [{path: /,",
            "host: other.example\n    http: {paths: [{path: /,",
            format!("{share} <- in/others.yaml:11"),
        ),
    ] {
        let before = fs::read_to_string(folder.path().join(file)).expect("files can be read");
        edit(folder.path(), file, from, to);
        assert_eq!(told(&json(folder.path(), &LIVE)), [expected], "{to}");
        write(folder.path(), file, &before);
    }
}

#[test]
fn both_locations_of_a_path_are_one_difference() {
    let added = "path `/v2` added, to Service `shop/api` port 80 <- in/web.yaml:24";
    for (others, second) in [
        ("", "path `/api` removed, to Service `shop/api` port 80 <- in/web.yaml:14"),
        // A value of `limit-rps` for which the Ingress would be refused is not why a path of it is new.
        (OTHERS, "password authentication removed; limit of requests removed"),
    ] {
        let folder = folder(&[("in/web.yaml", SHOP), ("in/cluster.yaml", CLUSTER), ("in/others.yaml", others)]);
        run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
        edit(folder.path(), "in/web.yaml", "path: /api", "path: /v2");
        let told = told(&json(folder.path(), &LIVE));
        assert_eq!(told.len(), 2, "{told:#?}");
        assert!(told.iter().any(|line| line == added) && told.iter().any(|line| line.starts_with(second)), "{told:#?}");
    }
}

/// Asks a service before it lets anybody in.
const ASKED: &str = "nginx.ingress.kubernetes.io/auth-url: http://10.1.0.8/check";

#[test]
fn a_route_that_leads_elsewhere_asks_the_same_service() {
    let before = SHOP.replace("nginx.ingress.kubernetes.io/auth-type: basic", ASKED);
    let folder = folder(&[("in/web.yaml", &before), ("in/cluster.yaml", CLUSTER)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    let after = before.replace("name: api", "name: front");
    std::fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/web.yaml", &after);
    write(folder.path(), "new/cluster.yaml", CLUSTER);
    let moved = "moved from Service `shop/api` port 80 to Service `shop/front` port 80 <- new/web.yaml:28";
    assert_eq!(told(&json(folder.path(), &["diff", "--base", "in", "--head", "new"])), [moved]);
    write(folder.path(), "in/web.yaml", &after);
    assert_eq!(told(&json(folder.path(), &LIVE)), [moved.replace("new/", "in/")]);
    // What the request to the service holds is another matter.
    write(folder.path(), "in/web.yaml", &before);
    edit(folder.path(), "in/web.yaml", "http://10.1.0.8/check", "http://10.1.0.9/check");
    let other = "external authentication changed from http://10.1.0.8/check to http://10.1.0.9/check <- in/web.yaml:9";
    assert_eq!(told(&json(folder.path(), &LIVE)), [other]);
}

#[test]
fn what_an_ingress_that_is_not_served_loses_is_one_difference() {
    let web = SHOP.replace("nginx.ingress.kubernetes.io/auth-type: basic", ASKED).replace("limit-rps: '5'", "proxy-read-timeout: '5'");
    let later = web.replace("name: web", "name: aa-later").replace("name: front", "name: api");
    let folder = folder(&[("in/web.yaml", &web), ("in/cluster.yaml", CLUSTER)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    write(folder.path(), "in/later.yaml", &later);
    edit(folder.path(), "in/web.yaml", "ClassName: nginx", "ClassName: traefik");
    let owner = "belongs to Ingress `shop/aa-later`, no longer to Ingress `shop/web`";
    assert_eq!(told(&json(folder.path(), &LIVE)), [format!("{owner} <- in/web.yaml:12")]);
}

#[test]
fn who_takes_what_nobody_had_is_blamed_for_all_of_it() {
    let all = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: all, namespace: shop}\n\
               spec: {ingressClassName: nginx, defaultBackend: {service: {name: rest, port: {number: 80}}}}\n";
    let rest = "apiVersion: v1\nkind: Service\nmetadata: {name: rest, namespace: shop}\nspec: {ports: [{port: 80}]}\n";
    let folder = folder(&[("in/web.yaml", SHOP), ("in/cluster.yaml", CLUSTER), ("in/rest.yaml", rest)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    write(folder.path(), "in/all.yaml", all);
    let taken = "belongs to Ingress `shop/all`, and was nobody's <- in/all.yaml:4";
    assert_eq!(told(&json(folder.path(), &LIVE)), [taken]);
    // Raw configuration for which both would be refused is not why they are new.
    let other = SHOP.replace("name: web", "name: new").replace("shop.example", "new.example");
    write(folder.path(), "in/new.yaml", &other);
    assert!(told(&json(folder.path(), &LIVE)).iter().any(|line| line == taken));
    std::fs::remove_file(folder.path().join("in/new.yaml")).expect("it is there");
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    edit(folder.path(), "in/all.yaml", "ClassName: nginx", "ClassName: traefik");
    assert_eq!(told(&json(folder.path(), &LIVE)), ["is nobody's, and no longer of Ingress `shop/all` <- in/all.yaml:4"]);
}

#[test]
fn counters_of_an_ingress_go_with_it() {
    let folder = shop();
    let only = "host `shop.example` removed, with `/api` to Service `shop/api` port 80, `/` to Service `shop/front` port 80";
    edit(folder.path(), "in/web.yaml", "ClassName: nginx", "ClassName: traefik");
    assert_eq!(told(&json(folder.path(), &LIVE)), [format!("{only} <- in/web.yaml:12")]);
    std::fs::remove_file(folder.path().join("in/web.yaml")).expect("it is there");
    assert_eq!(told(&json(folder.path(), &LIVE)), [format!("{only} <- -:null")]);
}

/// Two pods of the Service `front`.
const SLICE: &str = "\
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: front-2
  namespace: shop
  labels: {kubernetes.io/service-name: front}
addressType: IPv4
ports: [{port: 80}]
endpoints:
- addresses: [10.1.0.7]
- addresses: [10.1.0.8]
";

#[test]
fn who_lists_other_endpoints_is_blamed_and_no_annotation_that_would_have_none() {
    // With an address of its own the Service could stand in for its pods.
    let service = "{name: front, namespace: shop}\nspec: {";
    let objects = CLUSTER.replace(service, &format!("{service}clusterIP: 10.96.1.1, "));
    let objects = objects.rsplit_once("---\n").map_or("", |(objects, _)| objects);
    let folder = folder(&[("in/web.yaml", SHOP), ("in/cluster.yaml", objects), ("in/slice.yaml", SLICE)]);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    assert_eq!(told(&json(folder.path(), &LIVE)), [""; 0]);
    edit(folder.path(), "in/slice.yaml", "10.1.0.7", "10.1.0.9");
    let endpoint = |address: &str, what: &str| format!("endpoint {address}:80 of `shop-front-80` {what} <- in/slice.yaml");
    let expected = [format!("{}:10", endpoint("10.1.0.9", "added")), format!("{}:9", endpoint("10.1.0.7", "removed"))];
    let mut found = told(&json(folder.path(), &LIVE));
    found.sort_by_key(|difference| !difference.contains("added"));
    assert_eq!(found, expected);
}
