//! Two nginx.conf trees against each other, by meaning: what is declared, and what is live.
//!
//! Blocks are matched by what names them, so that a difference is told where it is: servers by their names and listeners,
//! locations by modifier and path, all others by their arguments. White space, comments, the way of quoting and the order of
//! what nginx does not run in order are no differences. Each step hashes or sorts: nothing grows with the square of the input.

mod answering;
pub mod facts;
mod fallback;
mod fixed;
mod groups;
pub mod json;
mod judged;
pub mod layout;
mod lua;
pub mod order;
mod pair;
mod part;
mod place;
pub mod places;
mod redact;
mod report;
pub mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use fallback::Stray;
use hashbrown::HashSet;
use judged::{Findings, Pair, Routes};
use serde_json::Value;

pub use groups::Groups;
pub use part::{Part, compare_part, join};
pub use report::{Change, Judged, Kind, Place, Report, Side, Target};

use crate::conf::{Arg, Directive, Tree};
use crate::credentials;
pub use crate::protection::lua::{OfCertificate, sends_hsts};
pub use crate::protection::{Verdict, is_redirected_for_its_certificate};

/// What is known of two configurations beside their texts.
#[derive(Debug, Default, Clone, Copy)]
pub struct Beside<'a> {
    /// Which host has which certificate, as the controller tells its Lua code: live, and declared.
    pub certificates: [Option<&'a Value>; 2],
}

/// Compares the main files of two configurations. Files that they include count by the directive that names them.
#[must_use]
pub fn compare(declared: &Tree<'_>, live: &Tree<'_>) -> Report {
    compare_beside(declared, live, Beside::default())
}

/// The same where more is known of both.
#[must_use]
pub fn compare_beside<'a>(declared: &'a Tree<'_>, live: &'a Tree<'_>, beside: Beside<'a>) -> Report {
    let routes = Routes { declared: http(declared), live: http(live), beside, ..Routes::default() };
    let mut walk = Walk { routes, ..Walk::default() };
    walk.level(&declared.directives().collect::<Vec<_>>(), &live.directives().collect::<Vec<_>>());
    walk.report()
}

/// Compares the servers that answer for one of the hosts: the extract for a few hosts against a whole configuration.
#[must_use]
pub fn compare_servers<'a>(declared: &'a Tree<'_>, live: &'a Tree<'_>, hosts: &'a [String], beside: Beside<'a>) -> Report {
    let hosts: HashSet<&str> = hosts.iter().map(String::as_str).collect();
    let routes = Routes { beside, ..Routes::default() };
    let mut walk = Walk { path: vec![Arc::from("http")], is_part: true, hosts: Some(hosts), routes, ..Walk::default() };
    let (outside, live_outside) = (http(declared), http(live));
    if let (Some(declared), Some(live)) = (outside, live_outside) {
        // What stands around all hosts counts as far as the protections of these rest on it.
        (walk.routes.declared, walk.routes.live) = (outside, live_outside);
        walk.blocks.push(Block { declared, live, place: None });
        walk.level(&walk.members(declared), &walk.members(live));
        return walk.report().without_surroundings();
    }
    let (declared, live) = (declared.servers(), live.servers());
    let [declared, live] =
        [declared.filter(|server| walk.is_asked(*server)).collect::<Vec<_>>(), live.filter(|server| walk.is_asked(*server)).collect()];
    walk.level(&declared, &live);
    walk.report()
}

fn http<'a>(tree: &'a Tree<'_>) -> Option<Directive<'a>> {
    tree.directives().find(|directive| directive.is_block() && directive.name() == "http")
}

fn is_server(directive: Directive<'_>) -> bool {
    directive.is_block() && directive.name() == "server"
}

/// The hosts that a configuration answers for.
#[must_use]
pub fn hosts_of(tree: &Tree<'_>) -> Vec<String> {
    tree.servers().flat_map(pair::server_names).map(Cow::into_owned).collect()
}

/// Whether a text holds only servers, as the extract for a host does.
#[must_use]
pub fn is_extract(live: &Tree<'_>) -> bool {
    let mut directives = live.directives().peekable();
    directives.peek().is_some() && directives.all(|directive| directive.is_block() && directive.name() == "server")
}

/// The names that a server answers for.
pub fn names_of(server: Directive<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    pair::server_names(server)
}

/// Names of the upstreams that the servers of some hosts send requests to.
#[must_use]
pub fn upstreams_of(tree: &Tree<'_>, hosts: &[String]) -> BTreeSet<String> {
    let hosts: HashSet<&str> = hosts.iter().map(String::as_str).collect();
    let servers = tree.servers().filter(|server| pair::server_names(*server).any(|name| hosts.contains(&*name)));
    let sets = servers.flat_map(Directive::descendants).filter(|directive| directive.name() == "set");
    let named = sets.filter_map(|set| {
        let mut args = set.args().map(Arg::value);
        args.next().filter(|variable| variable == "$proxy_upstream_name" || variable == "$proxy_alternative_upstream_name")?;
        args.next().map(Cow::into_owned)
    });
    named.collect()
}

#[derive(Default)]
struct Walk<'a> {
    changes: Vec<Change>,
    /// The blocks around the place of comparing. Shared text, because a hostile block may have a name of megabytes.
    path: Vec<Arc<str>>,
    /// The same blocks in both texts.
    blocks: Vec<Block<'a>>,
    /// At the top, or around all hosts, stand some servers of many.
    is_part: bool,
    /// The names of hosts that are compared; none: all.
    hosts: Option<HashSet<&'a str>>,
    /// The servers and locations.
    routes: Routes<'a>,
}

/// A block that is in both texts.
struct Block<'a> {
    declared: Directive<'a>,
    live: Directive<'a>,
    /// What it and those around it say about the place, once a change was found in it: many small blocks of a large one must not
    /// each look through that again.
    place: Option<Place>,
}

impl<'a> Walk<'a> {
    /// Whether a directive is compared.
    fn is_asked(&self, directive: Directive<'_>) -> bool {
        let Some(hosts) = self.hosts.as_ref().filter(|_| is_server(directive)) else { return true };
        pair::server_names(directive).any(|name| hosts.contains(&*name))
    }

    /// The directives of a block that are compared.
    fn members(&self, block: Directive<'a>) -> Vec<Directive<'a>> {
        block.directives().filter(|inner| self.is_asked(*inner)).collect()
    }

    /// Compares the directives of one block. The reader's limit of nesting bounds the recursion.
    fn level(&mut self, declared: &[Directive<'a>], live: &[Directive<'a>]) {
        let partners = pair::partners(declared, live);
        let mut is_taken = vec![false; live.len()];
        for partner in partners.iter().flatten() {
            is_taken[*partner] = true;
        }
        for (directive, partner) in declared.iter().zip(&partners) {
            match partner {
                Some(at) => self.pair(*directive, live[*at]),
                None => self.add(Kind::Added, None, Some(*directive)),
            }
        }
        for (directive, _) in live.iter().zip(is_taken).filter(|(_, is_taken)| !is_taken) {
            self.add(Kind::Removed, Some(*directive), None);
        }
        let around = self.blocks.last().map(|block| (block.declared, block.live));
        let level =
            order::Level { around, declared, live, is_whole: !self.is_part || around.is_some_and(|(block, _)| block.name() != "http") };
        for (at, partner) in order::moved(&level, &partners) {
            self.add(Kind::Moved, Some(live[partner]), Some(declared[at]));
        }
    }

    fn pair(&mut self, declared: Directive<'a>, live: Directive<'a>) {
        if declared.text() == live.text() {
            self.equal(declared, live);
            return;
        }
        if !declared.is_block() {
            if pair::leaf_key(declared) != pair::leaf_key(live) {
                self.add(Kind::Changed, Some(live), Some(declared));
            }
            return;
        }
        if declared.name() != "server" && !pair::is_same_head(declared, live) {
            self.add(Kind::Changed, Some(live), Some(declared));
        }
        self.path.push(label(declared).into());
        self.blocks.push(Block { declared, live, place: None });
        let (changes, pairs) = (self.changes.len(), self.routes.pairs.len());
        self.note_route(declared);
        match fixed::becomes(live, declared) {
            Some((None, Some(now))) => self.add_fixed(Kind::Added, now, live),
            Some((Some(before), _)) => self.add_fixed(Kind::Removed, before, declared),
            Some((None, None)) => {}
            None => self.level(&self.members(declared), &self.members(live)),
        }
        // A location inherits from its server, and asks its neighbours.
        if is_server(declared) && self.changes.len() > changes {
            self.routes.pairs[pairs..].iter_mut().for_each(|pair| pair.is_touched = true);
        }
        self.blocks.pop();
        self.path.pop();
    }

    /// Takes note of the servers and locations in a block that reads the same in both texts: nothing in it differs.
    fn equal(&mut self, declared: Directive<'a>, live: Directive<'a>) {
        self.blocks.push(Block { declared, live, place: None });
        self.note_route(declared);
        for (declared, live) in declared.directives().zip(live.directives()).filter(|(declared, _)| declared.is_block()) {
            self.equal(declared, live);
        }
        self.blocks.pop();
    }

    /// Takes note of the innermost block, where it is a server or a location.
    fn note_route(&mut self, block: Directive<'a>) {
        if matches!(&*block.name(), "server" | "location") && block.is_block() {
            let (declared, live) = (self.blocks.iter().map(|block| block.declared), self.blocks.iter().map(|block| block.live));
            self.routes.pairs.push(Pair { declared: declared.collect(), live: live.collect(), is_touched: false });
        }
    }

    /// What was found, with what becomes of the protections.
    fn report(mut self) -> Report {
        let judged = self.findings().settle(&mut self.changes);
        Report { changes: self.changes, judged }
    }

    fn findings(&self) -> Findings {
        if self.changes.is_empty() { Findings::default() } else { Findings::of(&self.routes, &self.changes) }
    }

    /// The place that the blocks around make up, from outside in.
    fn around(&mut self) -> Place {
        let known = self.blocks.iter().rposition(|block| block.place.is_some());
        let mut place = known.and_then(|at| self.blocks[at].place.clone()).unwrap_or_default();
        for block in &mut self.blocks[known.map_or(0, |at| at + 1)..] {
            place = place::of_both(&place, block.live, block.declared);
            block.place = Some(place.clone());
        }
        place
    }

    /// An answer that takes the place of a route, or the reverse.
    fn add_fixed(&mut self, kind: Kind, answer: Directive<'a>, route: Directive<'a>) {
        let (before, after) = if kind == Kind::Removed { (Some(answer), None) } else { (None, Some(answer)) };
        self.add(kind, before, after);
        for side in self.changes.last_mut().into_iter().flat_map(|change| [&mut change.before, &mut change.after]).flatten() {
            side.inside = Some(inside(route));
        }
    }

    fn add(&mut self, kind: Kind, before: Option<Directive<'a>>, after: Option<Directive<'a>>) {
        let Some(directive) = after.or(before) else { return };
        let around = self.around();
        let place = if directive.is_block() { place::of_block(&around, before, after) } else { around };
        let path = self.path.clone();
        let (declared, live) = self.blocks.last().map(|block| (block.declared, block.live)).unzip();
        let (mut shown_before, mut shown_after) = (before.map(|before| side(before, live)), after.map(|after| side(after, declared)));
        if let (Some(before), Some(after)) = (before, after) {
            redact::tell_apart((&mut shown_before, &whole(before)), (&mut shown_after, &whole(after)));
        }
        let name = name(directive, if after.is_some() { declared } else { live });
        if matches!(&*directive.name(), "server" | "location") && directive.is_block() && before.is_some() != after.is_some() {
            let is_new = after.is_some();
            let around = |declared: bool| self.blocks.iter().map(move |block| if declared { block.declared } else { block.live });
            let blocks = around(is_new).chain([directive]).collect();
            self.routes.strays.push(Stray { change: self.changes.len(), blocks, others: around(!is_new).collect(), is_new });
        }
        self.changes.push(Change { path, place, name, kind, before: shown_before, after: shown_after });
    }
}

/// A directive as a report shows it; `around` is the block that it stands in.
fn side(directive: Directive<'_>, around: Option<Directive<'_>>) -> Side {
    let text = match directive.lua() {
        Some(code) => format!("{} {{{}}}", redact::head(directive, around), credentials::hide(code)),
        None if directive.is_block() => format!("{} {{ … }}", label(directive)),
        None => format!("{};", redact::head(directive, around)),
    };
    // Of a block only its head: the whole may be megabytes.
    let span = if directive.is_block() { directive.head_span() } else { directive.span() };
    Side { text, span: Some(span), inside: directive.is_block().then(|| inside(directive)) }
}

/// What blocks have in common that hold the same words. Where it listens follows from the machine, too.
fn inside(block: Directive<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for directive in block.descendants().filter(|directive| directive.name() != "listen") {
        directive.depth().hash(&mut hasher);
        directive.words().for_each(|word| word.value().hash(&mut hasher));
        directive.lua().hash(&mut hasher);
    }
    hasher.finish()
}

/// The same with its secrets, to know whether two that look the same are.
fn whole(directive: Directive<'_>) -> String {
    let words = || directive.words().map(|word| word.raw()).collect::<Vec<_>>().join(" ");
    match directive.lua() {
        Some(code) => format!("{} {{{code}}}", words()),
        None if directive.is_block() => format!("{} {{ … }}", pair::label(directive)),
        None => format!("{};", words()),
    }
}

/// What names a block, without what is secret.
pub(crate) fn label(block: Directive<'_>) -> String {
    credentials::hide(&pair::label(block)).into_owned()
}

/// What names a directive among its sisters.
fn name(directive: Directive<'_>, around: Option<Directive<'_>>) -> Arc<str> {
    if directive.is_block() { label(directive).into() } else { redact::name(directive, around).into() }
}

/// The same with whatever secret stands in it.
fn plain_name(directive: Directive<'_>) -> String {
    if directive.is_block() {
        return pair::label(directive);
    }
    let count = if directive.args().len() > 1 { 2 } else { 1 };
    let words: Vec<_> = directive.words().take(count).map(Arg::value).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::conf;
    use crate::source::FileId;

    /// The changes from `live` to `declared`, a line each.
    fn changes(live: &str, declared: &str) -> Vec<String> {
        let (live, declared) = (conf::parse(FileId(0), live), conf::parse(FileId(1), declared));
        assert_eq!((live.diagnostics, declared.diagnostics), (vec![], vec![]));
        let report = compare(&declared.value, &live.value);
        let line = |change: &Change| {
            let text = |side: &Option<Side>| side.as_ref().map(|side| side.text.clone()).unwrap_or_default();
            format!("{}: {:?} [{}] [{}]", change.path.join(" > "), change.kind, text(&change.before), text(&change.after))
        };
        report.changes.iter().map(line).collect()
    }

    #[test]
    fn secrets_that_look_the_same_are_told_apart() {
        let header = |words: &str| format!("proxy_set_header Authorization \"Basic {words}\";");
        assert_eq!(
            changes(&header("b25lOm9uZQ=="), &header("dHdvOnR3bw==")),
            [r#": Changed [proxy_set_header Authorization <hidden>;] [proxy_set_header Authorization <hidden> (another);]"#]
        );
        assert_eq!(changes(&header("b25lOm9uZQ=="), &header("b25lOm9uZQ==")), Vec::<String>::new());
    }

    #[test]
    fn what_means_the_same_is_equal() {
        for (live, declared) in [
            ("", "# nothing\n"),
            ("a 'b' \"c\\\\d\";", "a b 'c\\\\d'; # e"),
            ("a; b; c { d; e; }", "c { e; d; } b; a;"),
            (
                "server { server_name a; listen 80 default_server; } server { server_name b; listen 80; }",
                "server { listen 80; server_name b; } server { listen 80 default_server; server_name a; }",
            ),
            ("location =/a { x; } location /b {}", "location /b {} location = /a { x; }"),
            ("upstream u { server a; server b; }", "upstream u { server b; server a; }"),
            ("add_header a b; add_header a b;", "add_header a b; add_header a b;"),
            ("set $a 1; allow all; set $b 2;", "allow all; set $a 1; set $b 2;"),
            ("location ~ a {} location /b {} location ~* c {}", "location /b {} location ~ a {} location ~* c {}"),
            ("x_by_lua_block { a()\n\t b() }", "x_by_lua_block {a() b()}"),
        ] {
            assert_eq!(changes(live, declared), Vec::<String>::new(), "{live} / {declared}");
        }
    }

    #[test]
    fn values_change() {
        for (live, declared, expected) in [
            ("a 1;", "a 2;", ": Changed [a 1;] [a 2;]"),
            ("set $a 1;", "set $a 2;", ": Changed [set $a 1;] [set $a 2;]"),
            (
                "proxy_set_header A 1; proxy_set_header B 1;",
                "proxy_set_header B 2; proxy_set_header A 1;",
                ": Changed [proxy_set_header B 1;] [proxy_set_header B 2;]",
            ),
            ("a 1;", "a 1 2;", ": Changed [a 1;] [a 1 2;]"),
            ("a 1; a 1;", "a 1;", ": Removed [a 1;] []"),
            ("", "a { b; }", ": Added [] [a { … }]"),
            ("a;", "a { }", ": Added [] [a { … }]"),
            ("x_by_lua_block { a }", "x_by_lua_block { b }", ": Changed [x_by_lua_block { a }] [x_by_lua_block { b }]"),
        ] {
            assert_eq!(changes(live, declared).first().map(String::as_str), Some(expected), "{live} / {declared}");
        }
    }

    #[test]
    fn a_change_is_told_where_it_is() {
        let live = "http { server { server_name _; listen 80 default_server; } server { server_name a.org www.a.org; location / { x 1; } } server { server_name b.org; } }";
        let declared = "http { server { server_name _; listen 80 default_server; } server { server_name b.org; } server { server_name a.org; location / { x 2; } location /c {} } }";
        assert_eq!(
            changes(live, declared),
            [
                "http > server a.org: Changed [server_name a.org www.a.org;] [server_name a.org;]",
                "http > server a.org > location /: Changed [x 1;] [x 2;]",
                "http > server a.org: Added [] [location /c { … }]",
            ]
        );
        let listeners = "server { server_name a; listen 80; x 1; } server { server_name a; listen 81; x 2; }";
        let swapped = "server { server_name a; listen 81; x 2; } server { server_name a; listen 80; x 3; }";
        assert_eq!(changes(listeners, swapped), ["server a: Changed [x 1;] [x 3;]"]);
    }

    #[test]
    fn order_counts_where_nginx_runs_in_order() {
        for (live, declared, expected) in [
            ("set $a 1; set $b 2;", "set $b 2; set $a 1;", ": Moved [set $b 2;] [set $b 2;]"),
            ("allow a; deny all;", "deny all; allow a;", ": Moved [deny all;] [deny all;]"),
            ("rewrite a b; return 1;", "return 1; rewrite a b;", ": Moved [return 1;] [return 1;]"),
            ("if (a) {} set $b 1;", "set $b 1; if (a) {}", ": Moved [set $b 1;] [set $b 1;]"),
            ("location ~ a {} location ~ b {}", "location ~ b {} location ~ a {}", ": Moved [location ~ b { … }] [location ~ b { … }]"),
        ] {
            assert_eq!(changes(live, declared), [expected], "{live} / {declared}");
        }
    }

    #[test]
    fn a_route_that_becomes_a_fixed_answer_is_one_change() {
        let route = "location / { set $a 1; allow 10.0.0.0/8; deny all; proxy_pass http://u; }";
        let closed = "location / { set $a 2; return 503; }";
        assert_eq!(changes(route, closed), ["location /: Added [] [return 503;]"]);
        assert_eq!(changes(closed, route), ["location /: Removed [return 503;] []"]);
        let (host, gone) = (format!("server {{ server_name a; {route} }}"), "server { server_name a; return 403; }");
        assert_eq!(changes(&host, gone), ["server a: Added [] [return 403;]"]);
        assert_eq!(changes("location / { return 200; }", "location / { return 201; a; }").len(), 2);
    }

    #[test]
    fn spans_point_into_both_texts() {
        let (live, declared) = ("a { b 1; }", "a { c; b 2; }");
        let (old, new) = (conf::parse(FileId(0), live), conf::parse(FileId(1), declared));
        let report = compare(&new.value, &old.value);
        let spans = report.changes.iter().flat_map(|change| [&change.before, &change.after]).flatten().filter_map(|side| side.span);
        let texts: Vec<_> = spans.map(|span| if span.file == FileId(0) { &live[span.range()] } else { &declared[span.range()] }).collect();
        assert_eq!(texts, ["c;", "b 1;", "b 2;"]);
    }
}
