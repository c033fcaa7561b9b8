extension ShippedFiles {
    // SwiftPM embeds the files of `Shipped/` as constants named after them; a test compares these
    // lists with the folders.
    static let presetFiles: [File] = [
        File(name: "presets/bentoml.yaml", bytes: PackageResources.bentoml_yaml),
        File(
            name: "presets/fastapi-instrumentator.yaml",
            bytes: PackageResources.fastapi_instrumentator_yaml),
        File(name: "presets/knative.yaml", bytes: PackageResources.knative_yaml),
        File(name: "presets/kserve-sdk.yaml", bytes: PackageResources.kserve_sdk_yaml),
        File(name: "presets/llama-cpp.yaml", bytes: PackageResources.llama_cpp_yaml),
        File(name: "presets/lmdeploy.yaml", bytes: PackageResources.lmdeploy_yaml),
        File(name: "presets/mlserver.yaml", bytes: PackageResources.mlserver_yaml),
        File(name: "presets/nim.yaml", bytes: PackageResources.nim_yaml),
        File(name: "presets/openvino.yaml", bytes: PackageResources.openvino_yaml),
        File(
            name: "presets/prometheus-client.yaml",
            bytes: PackageResources.prometheus_client_yaml),
        File(
            name: "presets/prometheus-flask-exporter.yaml",
            bytes: PackageResources.prometheus_flask_exporter_yaml),
        File(name: "presets/ray-serve.yaml", bytes: PackageResources.ray_serve_yaml),
        File(name: "presets/seldon.yaml", bytes: PackageResources.seldon_yaml),
        File(name: "presets/sglang.yaml", bytes: PackageResources.sglang_yaml),
        File(
            name: "presets/starlette-exporter.yaml",
            bytes: PackageResources.starlette_exporter_yaml),
        File(
            name: "presets/tensorflow-serving.yaml",
            bytes: PackageResources.tensorflow_serving_yaml),
        File(name: "presets/tgi.yaml", bytes: PackageResources.tgi_yaml),
        File(name: "presets/torchserve.yaml", bytes: PackageResources.torchserve_yaml),
        File(name: "presets/triton.yaml", bytes: PackageResources.triton_yaml),
        File(name: "presets/vllm.yaml", bytes: PackageResources.vllm_yaml),
    ]

    static let alertFiles: [File] = [
        File(name: "alerts/anomaly.yaml", bytes: PackageResources.anomaly_yaml),
        File(name: "alerts/availability.yaml", bytes: PackageResources.availability_yaml),
        File(name: "alerts/drift.yaml", bytes: PackageResources.drift_yaml),
        File(name: "alerts/errors.yaml", bytes: PackageResources.errors_yaml),
        File(name: "alerts/latency.yaml", bytes: PackageResources.latency_yaml),
        File(name: "alerts/performance.yaml", bytes: PackageResources.performance_yaml),
    ]

    static let dashboardFiles: [File] = [
        File(name: "dashboards/inference.yaml", bytes: PackageResources.inference_yaml),
        File(name: "dashboards/llm.yaml", bytes: PackageResources.llm_yaml),
        File(name: "dashboards/quality.yaml", bytes: PackageResources.quality_yaml),
    ]
}
