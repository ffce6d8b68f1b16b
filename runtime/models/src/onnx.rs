//! Runs networks with ONNX Runtime: this module alone names `ort`.
//!
//! The library is found and loaded at run time. `ort` panics when it is used before that has
//! succeeded, so everything here goes through a [`Runtime`], which exists only afterwards.

mod encoder;

pub use encoder::OnnxEncoder;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ndarray::{Array3, ArrayViewD, Axis, Ix3, Slice};
use ort::environment::Environment;
use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};
use ort::logging::LogLevel;
use ort::session::builder::SessionBuilder;
use ort::session::{Session, SessionInputValue, SessionOutputs};
use ort::value::{Outlet, Tensor, TensorElementType, ValueType};

use crate::card::{Card, Network};
use crate::check::file;
use crate::locate;
use crate::net::{Batch, Look, Net, State, Step, Watch, Watched};
use crate::trouble::Trouble;

/// The version of ONNX Runtime that the product is tested with.
pub const PINNED: &str = "1.24.4";
const INSTALL: &str = "install it with `pip install onnxruntime==1.24.4`, or let \
    ORT_DYLIB_PATH name a libonnxruntime of version 1.24 or newer";

/// ONNX Runtime allows one environment per process for good; it is kept here once it exists.
static OPENED: Mutex<Option<Runtime>> = Mutex::new(None);

/// The loaded library. Cheap to clone; all clones share it.
#[derive(Clone)]
pub struct Runtime {
    environment: Environment,
    library: PathBuf,
    watch: Option<Watch>,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Runtime({})", self.library.display())
    }
}

impl Runtime {
    /// Finds and loads the library: `ORT_DYLIB_PATH` if set, else the first that loads among
    /// `folders`, `$MAG_HOME`, the user's data folder, the program's, `.mag/lib`, and Python's.
    ///
    /// # Errors
    /// When there is none, or none of version 1.24 or newer.
    pub fn open(folders: &[PathBuf]) -> Result<Self, Trouble> {
        let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = opened.as_ref() {
            return Ok(runtime.clone());
        }
        let mut refusals = Vec::new();
        for library in locate::candidates(folders) {
            match load(&library) {
                Ok(environment) => {
                    let runtime = Self { environment, library, watch: None };
                    *opened = Some(runtime.clone());
                    return Ok(runtime);
                }
                Err(reason) => refusals.push(reason),
            }
        }
        Err(match refusals.as_slice() {
            [] => Trouble::new("models need ONNX Runtime, which was not found", INSTALL),
            all => Trouble::new(format!("ONNX Runtime did not load: {}", all.join("; ")), INSTALL),
        })
    }

    /// Each device's name, with why this library cannot use it here, if it cannot. Whether a model
    /// runs there shows only when it is opened ([`Runtime::network`]).
    pub fn devices(&self) -> Vec<(&'static str, Option<String>)> {
        let built_in = |found: ort::Result<bool>| match found {
            Ok(true) => None,
            Ok(false) => Some("this ONNX Runtime was built without it".to_string()),
            Err(error) => Some(error.to_string()),
        };
        let all = [
            ("cuda", ep::CUDA::is_available()),
            ("tensorrt", ep::TensorRT::is_available()),
            ("coreml", ep::CoreML::is_available()),
            ("directml", ep::DirectML::is_available()),
            ("webgpu", ep::WebGPU::is_available()),
        ];
        let others = all.into_iter().map(|(name, found)| {
            let why = provider(name).err().or_else(|| built_in(found));
            (name, why)
        });
        [("cpu", None)].into_iter().chain(others).collect()
    }

    /// The same library; the networks that are loaded with it ask this watch before each step.
    #[must_use]
    pub fn watched(&self, watch: Watch) -> Self {
        Self { watch: Some(watch), ..self.clone() }
    }

    /// A network under the watch, if there is one.
    pub(crate) fn guard(&self, net: OnnxNet) -> Box<dyn Net> {
        match &self.watch {
            Some(watch) => Box::new(Watched::new(Box::new(net), watch.clone())),
            None => Box::new(net),
        }
    }

    /// The file that was loaded.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// Loads the network of a card's folder on a device (`cpu`, `cuda`, `tensorrt`, `coreml`,
    /// `directml`, `webgpu`), with one thread. A device that cannot be used is replaced by the
    /// CPU, which the returned notice says.
    ///
    /// # Errors
    /// When the file is absent, too big, not a network, or not the network the card describes.
    pub fn network(
        &self,
        folder: &Path,
        card: &Card,
        device: &str,
    ) -> Result<(OnnxNet, Option<String>), Trouble> {
        let (session, notice) = self.opened(&card.network_path(folder), &card.name, device)?;
        let refuse = |what| refused(&card.name, &card.network_path(folder), what);
        check(&session, &card.network, card.inputs.columns.len()).map_err(refuse)?;
        Ok((OnnxNet { session, network: card.network.clone() }, notice))
    }

    /// A model's file, read and refused or loaded; the notice is that of [`Runtime::network`].
    fn opened(
        &self,
        path: &Path,
        name: &str,
        device: &str,
    ) -> Result<(Session, Option<String>), Trouble> {
        let refuse = |what: String| refused(name, path, what);
        let size = std::fs::metadata(path).map_err(|e| refuse(e.to_string()))?.len();
        file::fits(size).map_err(&refuse)?;
        let bytes = std::fs::read(path).map_err(|e| refuse(e.to_string()))?;
        if let Some((what, fix)) = file::unwanted(&bytes).into_iter().next() {
            let place = path.display();
            return Err(Trouble::new(format!("the model `{name}` ({place}): {what}"), fix));
        }
        self.session(&bytes, device).map_err(refuse)
    }

    /// A session on the device, or on the CPU with a notice that says why.
    fn session(&self, bytes: &[u8], device: &str) -> Result<(Session, Option<String>), String> {
        if device == "cpu" {
            return self.commit(bytes, None, false).map(|session| (session, None));
        }
        let failed = match provider(device) {
            Err(reason) => reason,
            Ok(provider) => match self.commit(bytes, Some(provider.clone()), true) {
                Ok(session) => return Ok((session, None)),
                Err(_) => match self.commit(bytes, Some(provider), false) {
                    Ok(session) => {
                        let notice =
                            format!("`{device}` takes part of the model, the CPU the rest");
                        return Ok((session, Some(notice)));
                    }
                    Err(reason) => reason,
                },
            },
        };
        let session = self.commit(bytes, None, false)?;
        Ok((session, Some(format!("`{device}` cannot be used, the CPU does its work: {failed}"))))
    }

    fn commit(
        &self,
        bytes: &[u8],
        provider: Option<ExecutionProviderDispatch>,
        alone: bool,
    ) -> Result<Session, String> {
        let say = |error: ort::Error<SessionBuilder>| error.to_string();
        let mut builder = Session::builder(&self.environment)
            .map_err(|e| e.to_string())?
            .with_intra_threads(1)
            .map_err(say)?
            .with_inter_threads(1)
            .map_err(say)?
            .with_intra_op_spinning(false)
            .map_err(say)?;
        if let Some(provider) = provider {
            let providers = [provider.error_on_failure()];
            builder = builder.with_execution_providers(providers).map_err(say)?;
            if alone {
                builder = builder.with_disable_cpu_fallback().map_err(say)?;
            }
        }
        builder.commit_from_memory(bytes).map_err(|e| e.to_string())
    }
}

fn refused(name: &str, path: &Path, what: String) -> Trouble {
    let fix = "export it again with its training script, or restore the file";
    Trouble::new(format!("the model `{name}` ({}): {what}", path.display()), fix)
}

/// Loads the library and makes its environment, or says why not.
fn load(library: &Path) -> Result<Environment, String> {
    if !library.is_file() {
        return Err(format!("{} is not a file", library.display()));
    }
    let builder = ort::init_from(library).map_err(|e| e.to_string())?;
    let builder = builder.with_name("mag").with_telemetry(false);
    let environment = builder.build().map_err(|e| e.to_string())?;
    // Or else it writes several lines at every step, which nobody reads and which cost a tenth of it.
    environment.set_log_level(LogLevel::Warning);
    Ok(environment)
}

/// The execution provider of a device's name; only those of the running system are asked for.
fn provider(device: &str) -> Result<ExecutionProviderDispatch, String> {
    let (mac, windows) = (cfg!(target_vendor = "apple"), cfg!(windows));
    match device {
        "cuda" => Ok(ep::CUDA::default().build()),
        "tensorrt" => Ok(ep::TensorRT::default().build()),
        "webgpu" => Ok(ep::WebGPU::default().build()),
        "coreml" if mac => Ok(ep::CoreML::default().build()),
        "coreml" => Err("CoreML exists on Apple's systems only".to_string()),
        "directml" if windows => Ok(ep::DirectML::default().build()),
        "directml" => Err("DirectML exists on Windows only".to_string()),
        _ => Err("devices are cpu, cuda, tensorrt, coreml, directml and webgpu".to_string()),
    }
}

/// Holds the graph against its card: names, types, and every size that is fixed.
fn check(session: &Session, network: &Network, columns: usize) -> Result<(), String> {
    let wide = |size: usize| i64::try_from(size).unwrap_or(i64::MAX);
    let whole = TensorElementType::Int64;
    let real = TensorElementType::Float32;
    let inputs = session.inputs();
    fits(inputs, "input", &network.columns, whole, &[-1, wide(columns)])?;
    fits(inputs, "input", &network.reals, real, &[-1, wide(network.real_width)])?;
    for state in &network.states {
        let shape = [wide(state.layers), -1, wide(state.width)];
        fits(inputs, "input", &state.input, real, &shape)?;
        fits(session.outputs(), "output", &state.output, real, &shape)?;
    }
    for head in &network.heads {
        let shape: Vec<i64> = [-1].into_iter().chain(head.shape.iter().map(|&s| wide(s))).collect();
        fits(session.outputs(), "output", &head.name, real, &shape)?;
    }
    if inputs.len() != 2 + network.states.len() {
        let names: Vec<&str> = inputs.iter().map(Outlet::name).collect();
        return Err(format!("its inputs are {}, more than the card lists", names.join(", ")));
    }
    Ok(())
}

fn fits(
    outlets: &[Outlet],
    what: &str,
    name: &str,
    element: TensorElementType,
    expected: &[i64],
) -> Result<(), String> {
    let Some(outlet) = outlets.iter().find(|outlet| outlet.name() == name) else {
        return Err(format!("the card names the {what} `{name}`, the file has none of that name"));
    };
    let &ValueType::Tensor { ty, ref shape, .. } = outlet.dtype() else {
        return Err(format!("the {what} `{name}` should be a tensor"));
    };
    let free = |(&found, &wanted): (&i64, &i64)| found < 0 || wanted < 0 || found == wanted;
    if ty != element || shape.len() != expected.len() || !shape.iter().zip(expected).all(free) {
        return Err(format!(
            "the {what} `{name}` should be {element} {expected:?}, found {ty} {:?}",
            &shape[..]
        ));
    }
    Ok(())
}

/// A network that ONNX Runtime runs.
pub struct OnnxNet {
    session: Session,
    network: Network,
}

impl Net for OnnxNet {
    fn initial(&self, rows: usize) -> State {
        let zeros = |s: &crate::card::StateCard| Array3::zeros((s.layers, rows, s.width));
        State(self.network.states.iter().map(zeros).collect())
    }

    fn step(&mut self, batch: Batch, state: State) -> Result<Step, Trouble> {
        let mut heads = Vec::new();
        let state = self.show(batch, state, &mut |shown| {
            heads = shown.iter().map(|head| head.to_owned()).collect();
            Ok(())
        })?;
        Ok(Step { heads, state })
    }

    /// A single row is run twice unless the card says that it may be alone: ONNX Runtime works out
    /// one row by other means than several (a sum over rows of features, say), which differ in the
    /// last bits, and a seed must give the same phrase in any company.
    fn show(&mut self, batch: Batch, state: State, look: &mut Look<'_>) -> Result<State, Trouble> {
        if batch.columns.nrows() > 1 || self.network.alone {
            return self.run(batch, state, look);
        }
        let first = Slice::from(..1);
        let (batch, state) = (batch.select(&[0, 0]), state.select(&[0, 0]));
        let state = self.run(batch, state, &mut |heads| {
            let one: Vec<_> = heads.iter().map(|h| h.slice_axis(Axis(0), first)).collect();
            look(&one)
        })?;
        Ok(state.select(&[0]))
    }
}

impl OnnxNet {
    fn run(&mut self, batch: Batch, state: State, look: &mut Look<'_>) -> Result<State, Trouble> {
        let rows = batch.columns.nrows();
        let failed = |reason: String| {
            Trouble::new(
                format!("the network could not make its step: {reason}"),
                "`mag models check` examines a model's folder",
            )
        };
        let failing = |error: ort::Error| failed(error.to_string());
        let network = &self.network;
        let mut inputs: Vec<(Cow<'_, str>, SessionInputValue<'_>)> = vec![
            (
                Cow::from(&network.columns),
                Tensor::from_array(batch.columns).map_err(failing)?.into(),
            ),
            (Cow::from(&network.reals), Tensor::from_array(batch.reals).map_err(failing)?.into()),
        ];
        for (card, part) in network.states.iter().zip(state.0) {
            let value = Tensor::from_array(part).map_err(failing)?;
            inputs.push((Cow::from(&card.input), value.into()));
        }
        let outputs = self.session.run(inputs).map_err(failing)?;
        let mut heads = Vec::with_capacity(network.heads.len());
        for head in &network.heads {
            let shape: Vec<usize> = [rows].iter().chain(&head.shape).copied().collect();
            heads.push(output(&outputs, &head.name, &shape).map_err(failed)?);
        }
        look(&heads)?;
        let next = network.states.iter().map(|card| {
            let array = output(&outputs, &card.output, &[card.layers, rows, card.width])?;
            array.to_owned().into_dimensionality::<Ix3>().map_err(|e| e.to_string())
        });
        Ok(State(next.collect::<Result<_, _>>().map_err(failed)?))
    }
}

/// One output as an array of exactly this shape.
fn output<'a>(
    outputs: &'a SessionOutputs<'_>,
    name: &str,
    shape: &[usize],
) -> Result<ArrayViewD<'a, f32>, String> {
    let value = outputs.get(name).ok_or_else(|| format!("there is no output `{name}`"))?;
    let view = value.try_extract_array::<f32>().map_err(|e| e.to_string())?;
    if view.shape() != shape {
        return Err(format!("`{name}` should have the shape {shape:?}, found {:?}", view.shape()));
    }
    Ok(view)
}
