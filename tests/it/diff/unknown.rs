//! What nobody can know of a side is not compared, and is said.

use pretty_assertions::assert_eq;
use std::fs;

use crate::support::program::{Run, folder};

use super::{CLUSTER, LIVE, SHOP, edit, json, run, shop, told, write};

#[test]
fn what_cannot_be_compared_is_no_difference() {
    let folder = shop();
    write(folder.path(), "broken.conf", "http { server {");
    write(folder.path(), "empty.conf", "");
    write(folder.path(), "broken.json", "[");
    for (args, reason) in [
        (&["diff", "in"][..], "--live"),
        (&["diff", "in", "--from-version", "1.12.8"], "--to-version"),
        (&["diff", "in", "--live", "live/nginx.conf", "--from-version", "1.12.8", "--to-version", "1.15.1"], "cannot be used with"),
        (&["diff"], "<PATH>"),
        (&["diff", "--base", "in"], "--head"),
        (&["diff", "in", "--live", "gone.conf"], "`gone.conf` cannot be read"),
        (&["diff", "in", "--live", "broken.conf"], "nginx-conf-syntax"),
        (&["diff", "in", "--live", "empty.conf"], "holds no configuration"),
        (&["diff", "in", "--live", "live/nginx.conf", "--live-backends", "broken.json"], "is not JSON"),
        (&["diff", "gone", "--live", "live/nginx.conf"], "`gone` cannot be read"),
        (
            &["diff", "in", "--live", "live/nginx.conf", "--live", "live/nginx.conf", "--live-backends", "live/backends.json"],
            "for each --live",
        ),
    ] {
        let run = run(folder.path(), args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.stderr.contains(reason), "{reason}: {run:?}");
    }
}

#[test]
fn what_is_not_compared_is_said() {
    let folder = shop();
    edit(folder.path(), "live/lua.json", "\"hsts\": true", "\"hsts\": false");
    let note = |args: &[&str]| {
        let Run { code, stdout, stderr } = run(folder.path(), args);
        (code, stdout.contains("HSTS"), stderr.lines().filter(|line| line.starts_with("note: not compared: ")).count(), stderr)
    };
    let lua = [&LIVE[..4], &["--live-lua", "live/lua.json"]].concat();
    let all = [&lua[..], &["--live-backends", "live/backends.json", "--live-certificates", "live/certificates.json"]].concat();
    for (args, code, has_hsts, unsaid) in [
        (&LIVE[..4], 0, false, &["HSTS", "lua.json", "--live-lua", "backends.json", "certificates.json", "`--live` can be a folder"][..]),
        (&LIVE[..], 0, false, &["HSTS", "certificates.json"]),
        (&lua[..], 1, true, &["backends.json", "certificates.json"]),
        (&all[..], 1, true, &[]),
        (&["diff", "in", "--live", "live"], 1, true, &[]),
        (&["diff", "--base", "live", "--head", "in"], 1, true, &[]),
    ] {
        let (found, says_hsts, notes, stderr) = note(args);
        assert_eq!((found, says_hsts, notes), (Some(code), has_hsts, usize::from(!unsaid.is_empty())), "{args:?}: {stderr}");
        for word in unsaid {
            assert!(stderr.contains(word), "{args:?} {word}: {stderr}");
        }
        assert_eq!(stderr.contains("HSTS"), !has_hsts && !unsaid.is_empty(), "{args:?}: {stderr}");
    }
    let notes = json(folder.path(), &LIVE[..4])["notes"].clone();
    assert!(notes[0].as_str().is_some_and(|note| note.starts_with("not compared: ")), "{notes}");
    // The name that the file has in the pod.
    fs::rename(folder.path().join("live/lua.json"), folder.path().join("live/cfg.json")).expect("files can be renamed");
    assert!(note(&["diff", "in", "--live", "live"]).1);
    let few = run(folder.path(), &[&LIVE[..], &["--live", "live"]].concat());
    assert_eq!(few.code, Some(2), "{few:?}");
}

#[test]
fn what_an_absent_object_decides_is_not_compared() {
    let folder = shop();
    let more = "    nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/backend
    nginx.ingress.kubernetes.io/custom-headers: shop/headers
spec:
  tls: [{hosts: [shop.example], secretName: tls}]
";
    write(
        folder.path(),
        "in/web.yaml",
        &SHOP.replace("spec:\n  ingress", &format!("{more}  ingress")).replace("ClassName: nginx", "ClassName: edge"),
    );
    let made = rcgen::generate_simple_self_signed([String::from("shop.example")]).expect("the name is sound");
    let (certificate, key) = (base64(&made.cert.pem()), base64(&made.signing_key.serialize_pem()));
    let secret = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{tls.crt: {certificate}, tls.key: {key}, \
             ca.crt: {certificate}}}\n"
        )
    };
    let class =
        "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: edge}\nspec: {controller: k8s.io/ingress-nginx}\n";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: \
               {global-allowed-response-headers: X-One}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: headers, namespace: shop}\n\
               data: {X-One: a}\n";
    write(folder.path(), "in/map.yaml", map);
    write(folder.path(), "in/more.yaml", &[secret("ca"), secret("backend"), secret("tls"), class.into()].concat());
    let rendered = run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    assert!(!rendered.stderr.contains("error"), "{rendered:?}");
    write(folder.path(), "web.yaml", &fs::read_to_string(folder.path().join("in/web.yaml")).expect("it was written"));
    let diff = ["diff", "web.yaml", "--live", "live"];
    let equal = run(folder.path(), &diff);
    assert_eq!((equal.code, equal.stdout.as_str()), (Some(0), ""), "{equal:?}");
    for object in [
        "IngressClass `edge`",
        "Secret `shop/ca`",
        "Secret `shop/users`",
        "Secret `shop/tls`",
        "ConfigMap `shop/headers`",
        "Service `shop/api`",
    ] {
        assert_eq!(equal.stderr.matches(object).count(), 1, "{object}: {}", equal.stderr);
    }
    // What the manifests say of a protection is compared all the same.
    edit(folder.path(), "web.yaml", "auth-type: basic", "proxy-buffering: 'on'");
    let lost = run(folder.path(), &diff);
    assert!(lost.code == Some(1) && lost.stdout.contains("password"), "{lost:?}");
    // A controller whose cluster does not have the Secret denies, and nobody knows more than that.
    write(folder.path(), "web.yaml", SHOP);
    run(folder.path(), &["render", "web.yaml", "--target", "ingress-nginx", "-o", "live"]);
    assert!(fs::read_to_string(folder.path().join("live/nginx.conf")).is_ok_and(|text| text.contains("return 503")));
    let denied = run(folder.path(), &diff);
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(0), ""), "{denied:?}");
}

#[test]
fn a_secret_that_goes_is_missing_and_not_unknown() {
    let folder = shop();
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/web.yaml", SHOP);
    write(folder.path(), "new/cluster.yaml", &CLUSTER.replace("name: users", "name: others"));
    let told = told(&json(folder.path(), &["diff", "--base", "in", "--head", "new", "--host", "shop.example"]));
    assert!(told.len() == 1 && told[0].contains("503"), "{told:#?}");
    // Where neither side holds it, both are compared as if it were there.
    for name in ["in", "new"] {
        write(folder.path(), &format!("{name}/cluster.yaml"), &CLUSTER.replace("name: users", "name: others"));
    }
    write(folder.path(), "new/web.yaml", &SHOP.replace("auth-type: basic", "proxy-buffering: 'on'"));
    let told = json(folder.path(), &["diff", "--base", "in", "--head", "new"]);
    assert!(told.to_string().contains("password"), "{told}");
}

#[test]
fn what_a_secret_holds_that_is_nowhere_is_not_told_to_be_another() {
    let folder = shop();
    let guarded = SHOP.replace("auth-type: basic", "auth-tls-secret: shop/nowhere");
    write(folder.path(), "one.yaml", &guarded);
    write(
        folder.path(),
        "two.yaml",
        &guarded.replace(
            "auth-tls-secret: shop/nowhere",
            "auth-tls-secret: shop/nowhere\n    nginx.ingress.kubernetes.io/auth-tls-verify-depth: '3'",
        ),
    );
    let told = told(&json(folder.path(), &["diff", "--base", "one.yaml", "--head", "two.yaml"]));
    assert!(told.len() == 1 && told[0].contains("length of chains"), "{told:#?}");
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Nobody knows whose a class is that is not in the input, so that a change to it or from it is neither a difference nor nothing.
#[test]
fn a_change_of_a_class_that_nobody_knows_is_said() {
    let folder = folder(&[("old/web.yaml", SHOP), ("new/web.yaml", SHOP)]);
    for (old, new, unknown) in [("nginx", "edge", "edge"), ("edge", "nginx", "edge"), ("edge", "inner", "inner")] {
        for (side, class) in [("old", old), ("new", new)] {
            write(folder.path(), &format!("{side}/web.yaml"), &SHOP.replace("ClassName: nginx", &format!("ClassName: {class}")));
        }
        let told = run(folder.path(), &["diff", "--base", "old", "--head", "new"]).stderr;
        let expected =
            format!("Ingress `shop/web` names the class `{new}` instead of `{old}`: the IngressClass `{unknown}` is not in the input");
        assert!(told.contains(&expected), "{old} {new}: {told}");
    }
    let class = "apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: nginx}\nspec: {controller: k8s.io/ingress-nginx}\n";
    for side in ["old", "new"] {
        write(folder.path(), &format!("{side}/class.yaml"), class);
    }
    // Where the input says which classes there are, another one is a difference.
    let told = run(folder.path(), &["diff", "--base", "old", "--head", "new"]);
    assert!(!told.stderr.contains("is not in the input, and whether"), "{told:?}");
}
