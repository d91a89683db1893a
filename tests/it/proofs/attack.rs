//! Attacks on proofs: pairs of configurations by single mutations, and requests that are made of both sides' words at random.

use std::collections::{BTreeMap, BTreeSet};

use ingressc::route::{ClientCertificate, Config, Decision, End, Request, Verdict};

/// A generator of numbers that is the same everywhere.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap_or(0) % below.max(1)
    }

    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = self.roll(of.len());
        &of[at]
    }
}

/// The text with one line left out, doubled, moved, or with another word in it; none where the dice hit nothing.
pub fn mutation(text: &str, dice: &mut Dice) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| line.contains("server {") || line.contains("## start server"))?;
    let at = at + dice.roll(lines.len() - at);
    let line = lines[at].trim();
    let is_plain = line.ends_with(';');
    let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
    match dice.roll(4) {
        0 if is_plain => drop(lines.remove(at)),
        1 if is_plain => {
            let known = ["deny 10.0.0.0/8;", "allow 192.0.2.0/24;", "return 403;", "rewrite ^/a(.*) /b$1 break;", "set $x $http_x_color;"];
            lines.insert(at, (*dice.one(&known)).to_owned());
        }
        _ => {
            let words: [(&str, &str); 14] = [
                ("\"true\"", "\"false\""),
                ("\"false\"", "\"true\""),
                ("$2", "$1"),
                ("(/|$)", "(/)"),
                ("~* ", "~ "),
                ("location /", "location = /"),
                ("= /", "/"),
                ("301", "302"),
                ("308", "307"),
                ("-80", "-81"),
                ("break", "last"),
                ("$http_host", "$host"),
                ("1m", "2m"),
                ("/", "/a"),
            ];
            let (from, to) = *dice.one(&words);
            if !lines[at].contains(from) {
                return None;
            }
            lines[at] = lines[at].replacen(from, to, 1);
        }
    }
    Some(lines.join("\n"))
}

/// Words of a configuration that paths can be made of.
pub fn paths(text: &str) -> Vec<String> {
    let mut found = BTreeSet::from([String::from("/")]);
    for line in text.lines().map(str::trim).filter(|line| line.starts_with("location ") || line.starts_with("rewrite ")) {
        for word in line.split([' ', '"']).filter(|word| word.contains('/')) {
            let word = word.trim_start_matches("(?i)").trim_start_matches('^');
            let plain: String = word.chars().take_while(|letter| !"$(*+?[\\|{".contains(*letter)).collect();
            if plain.starts_with('/') {
                found.insert(plain);
            }
        }
    }
    found.into_iter().collect()
}

/// A request at random.
pub fn request(hosts: &[String], paths: &[String], dice: &mut Dice) -> Request {
    let scheme = *dice.one(&["http", "https"]);
    let host = dice.one(hosts).clone();
    let mut path = dice.one(paths).clone();
    for _ in 0..dice.roll(3) {
        match dice.roll(9) {
            0 => path.push_str("/x"),
            1 => path.push('/'),
            2 => path = path.to_ascii_uppercase(),
            3 => path.push_str("%2Fy"),
            4 => path.push_str("//z"),
            5 => path.push_str("/../w"),
            6 => path.push('x'),
            7 => drop(path.pop().filter(|_| path.len() > 1)),
            _ => path.push_str("/%61"),
        }
    }
    if !path.starts_with('/') {
        path.insert(0, '/');
    }
    if dice.roll(4) == 0 {
        path.push_str(dice.one::<&str>(&["?a=b", "?x=1&color=blue", "?q=a+b", "?"]));
    }
    let mut request = Request::of_url(&format!("{scheme}://{host}{path}")).expect("it is a URL");
    request.method = (*dice.one(&["GET", "GET", "GET", "POST", "HEAD", "OPTIONS", "PUT"])).to_owned();
    request.client = dice.one(&["127.0.0.1", "10.1.2.3", "192.0.2.1", "203.0.113.9", "172.16.0.5"]).parse().expect("it is an address");
    let headers = [
        ("X-Color", "blue"),
        ("Authorization", "Basic YTpi"),
        ("Upgrade", "websocket"),
        ("X-Forwarded-For", "203.0.113.7"),
        ("X-Forwarded-Proto", "https"),
        ("X-Request-ID", "r"),
        ("Origin", "https://a.example.com"),
        ("X-Canary", "always"),
        ("Cookie", "canary=always"),
        ("User-Agent", "curl/8"),
    ];
    for _ in 0..dice.roll(3) {
        let (name, value) = *dice.one(&headers);
        if !request.headers.iter().any(|(known, _)| known == name) {
            request.headers.push((name.to_owned(), value.to_owned()));
        }
    }
    if dice.roll(5) == 0 {
        request.host = request.host.map(|host| if host.len() % 2 == 0 { host.to_ascii_uppercase() } else { format!("{host}:8443") });
    }
    if dice.roll(6) == 0 {
        request.certificate = ClientCertificate::Valid;
    }
    request
}

/// What a client and a backend can see of the end of a request.
fn end(decision: &Decision) -> String {
    match &decision.end {
        End::Answer(answer) => format!("{} {:?}", answer.status, answer.redirect),
        End::Closed => String::from("closed"),
        End::Unknown => String::from("unknown"),
        End::Backend(passed) => {
            let headers: BTreeMap<String, &Option<String>> =
                passed.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
            let whom = match (&passed.namespace, &passed.service, &passed.port) {
                (Some(namespace), Some(service), Some(port)) => format!("{namespace}/{service}:{port}"),
                _ => passed.upstream.clone(),
            };
            let canary: Vec<String> =
                passed.canary.iter().filter(|share| share.probability < 1.0).map(|share| format!("{:.4}", share.probability)).collect();
            format!(
                "{whom} {} {} {:?} {:?} {headers:?} {canary:?} {:?}",
                passed.protocol, passed.method, passed.uri, passed.host, passed.removed
            )
        }
    }
}

/// All ends of a request, and what it is asked for.
pub fn ends(config: &Config<'_>, request: &Request) -> (BTreeSet<String>, Vec<String>) {
    let ways = config.branches(request);
    let is_asked = |way: &&Decision| !way.when.iter().any(|when| when.ends_with("has no endpoint"));
    // A rule that lets everybody through is none.
    let told = ways[0].checks.iter().filter(|check| check.verdict != Verdict::Pass);
    let checks = told.map(|check| format!("{:?} {:?}", check.kind, check.verdict)).collect();
    (ways.iter().filter(is_asked).map(end).collect(), checks)
}
