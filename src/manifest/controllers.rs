//! The controller's own arguments, found in its Deployment or DaemonSet.

use super::ControllerArgs;
use super::tree::Node;

/// The program that the controller's image starts.
const PROGRAM: &str = "nginx-ingress-controller";

/// The arguments of the controller's container; nothing where no container runs the controller.
///
/// The other fields of the object are of no interest, so that nothing else in it can be wrong.
pub(super) fn find(workload: &Node) -> Option<ControllerArgs> {
    let containers = workload.at(&["spec", "template", "spec", "containers"])?;
    containers.items().iter().find_map(arguments)
}

fn arguments(container: &Node) -> Option<ControllerArgs> {
    let list = |key| container.get(key).into_iter().flat_map(Node::items);
    let image = container.get("image").and_then(Node::text).unwrap_or_default();
    let words: Vec<&Node> = list("command").chain(list("args")).collect();
    let program = words.iter().position(|word| word.text().is_some_and(|text| text.rsplit('/').next() == Some(PROGRAM)));
    let is_controller = program.is_some() || is_image_of_controller(image);
    let args = words.into_iter().skip(program.map_or(0, |at| at + 1));
    let args = args.filter_map(|word| Some((word.text()?.to_owned(), Some(word.span)))).collect();
    is_controller.then(|| ControllerArgs { image: image.to_owned(), args })
}

/// The images that the project published, under its old name and under its new one.
fn is_image_of_controller(image: &str) -> bool {
    let path = image.split(['@', ':']).next().unwrap_or_default();
    path.ends_with("ingress-nginx/controller") || path.ends_with("ingress-nginx/controller-chroot") || path.ends_with(PROGRAM)
}
