//! Credentials that stand outside of Secrets reach no report either, and no control character reaches a terminal.

use crate::support::program::{Run, folder, run};

const SETTINGS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  allow-snippet-annotations: \"true\"
  annotations-risk-level: Critical
  proxy-set-headers: ingress-nginx/headers
  ssl-session-ticket-key: CANARY
  ssl-session-ticket-key: CANARY
  global-auth-url: http://user:CANARY@auth.example:99999/
---
apiVersion: v1
kind: ConfigMap
metadata: {name: headers, namespace: ingress-nginx}
data:
  Authorization: Basic CANARY
  Authorization: \"Basic CANARY\"
  X-Api-Key: CANARY
  Cookie: \"a=CANARY\"
  Cookie: \"a=CANARY\"
  X-Auth: |
    CANARY
  X-Auth: CANARY
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args:
        - /nginx-ingress-controller
        - --configmap=ingress-nginx/ingress-nginx-controller
        - --maxmind-license-key=CANARY
        - --maxmind-licence-key=CANARY
        env:
        - name: API_TOKEN
          value: CANARY
          value: CANARY
        - {name: DB_PASS, value: CANARY, value: CANARY}
---
";

/// An Ingress with annotations that have a finding each.
fn ingress(secret: &str) -> String {
    format!(
        "\
{SETTINGS}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
    nginx.ingress.kubernetes.io/auth-url: \"http://user:{secret}@auth.example/ x\"
    nginx.ingress.kubernetes.io/auth-ulr: \"http://user:{secret}@auth.example/\"
    nginx.ingress.kubernetes.io/auth-signin: http://user:{secret}@auth.example/?x=$nosuch
    nginx.ingress.kubernetes.io/mirror-target: http://user:{secret}@auth.example:99999/
    nginx.ingress.kubernetes.io/configuration-snippet: |
      if ($http_authorization != \"Basic {secret}\") {{ return 401 }}
      proxy_set_header Authorization \"Basic {secret}\"
      more_set_input_headers \"Authorization:Basic {secret}\" \"Cookie:{secret}\";
spec:
  rules: [{{host: shop.example, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]
"
    )
}

#[track_caller]
fn assert_hidden(run: &Run, what: &str) {
    let text = format!("{}{}", run.stdout, run.stderr);
    for line in text.lines() {
        assert!(!line.contains("CANARY"), "{what}: {line}");
    }
}

#[test]
fn findings_show_no_credentials() {
    let folder = folder(&[("in.yaml", &ingress("CANARY-1"))]);
    for format in ["text", "json", "sarif", "github", "junit"] {
        for target in ["ingress-nginx", "nginx", "haproxy"] {
            let run = run(folder.path(), &["check", ".", "--format", format, "--target", target], "");
            assert_eq!(run.code, Some(1), "{run:?}");
            assert_hidden(&run, format);
        }
    }
    let text = run(folder.path(), &["check", "."], "").stdout;
    for shown in ["X-Auth: <hidden>", "Authorization: \"<hidden>\"", "http://<hidden>@auth.example/", "--maxmind-licence-key=<hidden>"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
    assert_hidden(&run(folder.path(), &["check", ".", "--fix", "--dry-run"], ""), "patch");
}

/// A configuration with a secret in each form.
fn dump(secret: &str) -> String {
    format!(
        "http {{ map $http_x_api_key $ok {{ \"{secret}\" 1; }} geo $token {{ default {secret}; }}
        server {{ server_name a.example; listen 80;
            location / {{
                if ($http_authorization != \"Basic {secret}\") {{ return 401; }}
                if ($http_x_token = {secret}) {{ return 401; }}
                proxy_set_header Authorization \"Basic {secret}\";
                proxy_set_header X-Auth {secret};
                proxy_set_header X-Key {secret};
                proxy_set_header X-Amz-Signature {secret};
                more_set_input_headers \"Authorization:Basic {secret}\" \"Cookie:{secret}\";
                set $api_token {secret};
                set $a \"$6$rounds=5000$saltsalt${secret}\";
                set $b '$y$j9T$salt${secret}';
                set $c '$argon2id$v=19$m=65536,t=3,p=4$salt${secret}';
                set $d '{{SSHA512}}{secret}';
                set $e '{{PLAIN}}{secret}';
                proxy_pass http://user:{secret}@a.example;
                access_by_lua_block {{
                    if ngx.var.http_x_token ~= \"{secret}\" then ngx.exit(403) end
                    if \"{secret}\" == ngx.var.http_x_token then ngx.exit(403) end
                    ngx.req.set_header(\"Authorization\", \"Basic {secret}\")
                }}
            }}
        }} }}"
    )
}

#[test]
fn differences_show_no_credentials_and_still_differ() {
    let folder = folder(&[("a.conf", &dump("CANARYone1")), ("b.conf", &dump("CANARYtwo2")), ("c.conf", "http { }")]);
    for format in ["text", "json", "markdown", "html"] {
        for sides in [["a.conf", "b.conf"], ["a.conf", "c.conf"], ["c.conf", "a.conf"]] {
            let run = run(folder.path(), &["diff", "--base", sides[0], "--head", sides[1], "--format", format], "");
            assert_eq!(run.code, Some(1), "{run:?}");
            assert_hidden(&run, &format!("{format} {sides:?}"));
        }
    }
    let text = run(folder.path(), &["diff", "--base", "a.conf", "--head", "b.conf"], "").stdout;
    for shown in ["proxy_set_header X-Auth <hidden>;", "proxy_set_header X-Auth <hidden> (another);", "<hidden> 1;"] {
        assert!(text.contains(shown), "{shown}: {text}");
    }
}

#[test]
fn differences_from_golden_files_show_no_credentials() {
    let folder =
        folder(&[("m/in.yaml", &ingress("CANARY-1")), ("out/haproxy.cfg", "    http-request set-header Authorization \"Basic CANARY\"\n")]);
    std::fs::write(folder.path().join("out/nginx.conf"), dump("CANARYone1")).expect("files can be written");
    for target in ["haproxy", "nginx", "ingress-nginx"] {
        assert_hidden(&run(folder.path(), &["render", "m", "--target", target, "-o", "out", "--check"], ""), target);
    }
}

/// Runs the program at a terminal of its own; what the terminal gets. Nothing where there is no Python.
#[cfg(unix)]
fn at_a_terminal(folder: &std::path::Path, args: &[&str]) -> Option<String> {
    const SCRIPT: &str = "import pty, sys; pty.spawn(sys.argv[1:])";
    let mut command = std::process::Command::new("python3");
    command.args(["-c", SCRIPT, env!("CARGO_BIN_EXE_ingressc")]).args(args).current_dir(folder).stdin(std::process::Stdio::null());
    let output = command.output().ok()?;
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).expect("the program writes UTF-8"))
}

#[cfg(unix)]
#[test]
fn nothing_at_a_terminal_obeys_a_manifest() {
    const EVIL: &str = "\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{2066}\u{200b}\u{7f}";
    let comment = "# \u{202e}\u{2066} note\n";
    let text = ingress("x")
        .replace("  rules:", &format!("  {comment}  rules:"))
        .replace("    kubernetes.io", &format!("    {comment}    kubernetes.io"));
    let json = r#"{"apiVersion":"networking.k8s.io/v1","kind":"Ingress",
"metadata":{"name":"w","namespace":"shop","annotations":{"kubernetes.io/ingress.class":"nginx","x":"*",
"nginx.ingress.kubernetes.io/ssl-redirct":"true"}},
"spec":{"rules":[{"host":"*","http":{"paths":[{"path":"/*","pathType":"Prefix","backend":{"service":{"name":"a","port":{"number":1}}}}]}}]}}"#;
    let json = json.replace('*', "a\u{9b}2J\u{202e}\u{7f}");
    let odd = format!("{EVIL}.yaml");
    let folder = folder(&[
        ("in.yaml", &text),
        ("in.json", &json),
        (&odd, &text),
        ("a.conf", &format!("http {{ server {{ server_name \"a{EVIL}\"; }} }}")),
        ("b.conf", "http { }"),
        ("bad.toml", "[rules]\na = \"\\u009b\\u202e\u{202e}\"\n"),
    ]);
    let runs: [&[&str]; 17] = [
        &["check", "."],
        &["check", ".", "--fix", "--dry-run"],
        &["check", ".", "--format", "json"],
        &["check", ".", "--format", "sarif"],
        &["check", ".", "--format", "github"],
        &["check", ".", "--format", "junit"],
        &["check", ".", "--format", "html"],
        &["render", ".", "--target", "ingress-nginx"],
        &["render", ".", "--target", "nginx"],
        &["render", ".", "--target", "haproxy"],
        &["diff", "--base", "a.conf", "--head", "b.conf"],
        &["diff", "--base", "a.conf", "--head", "b.conf", "--format", "html"],
        &["check", "in.yaml", "--config", "bad.toml"],
        &["check", "gone\u{1b}[2J\u{9b}2J\u{202e}.yaml"],
        &["che\u{1b}[2J\u{9b}2J\u{202e}ck"],
        &["rules", "a\u{1b}[2J\u{9b}2J\u{202e}"],
        &["catalog", "a\u{1b}[2J\u{9b}2J\u{202e}"],
    ];
    for args in runs {
        let Some(shown) = at_a_terminal(folder.path(), args) else { return };
        // Colours and the line of progress are our own.
        let plain = shown.replace("\u{1b}[K", "");
        let mut rest = plain.as_str();
        while let Some(at) =
            rest.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{200b}' | '\u{202e}' | '\u{2066}'))
        {
            let sequence: String = rest[at..].chars().take_while(|c| *c != 'm').collect();
            let is_colour =
                sequence.strip_prefix("\u{1b}[").is_some_and(|inner| inner.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'));
            assert!(is_colour, "{args:?}: {:?}", rest[at..].chars().take(60).collect::<String>());
            rest = &rest[at + 1..];
        }
    }
}
