"""Asks a server of the Open Inference Protocol v2 with Triton's own client. Usage: triton_client.py HOST:PORT PICTURE"""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

address, picture = sys.argv[1:]
client = triton.InferenceServerClient(url=address)
report = {}

report["live"] = client.is_server_live()
report["ready"] = client.is_server_ready()
report["model_ready"] = client.is_model_ready("tiny")
report["version_ready"] = client.is_model_ready("tiny", "1")
report["absent_ready"] = client.is_model_ready("absent")
report["server"] = client.get_server_metadata()
report["metadata"] = client.get_model_metadata("tiny")
report["version_metadata"] = client.get_model_metadata("prices", "1")

red = np.zeros((2, 8, 8, 3), dtype=np.uint8)
red[0, :, :, 0] = 255
red[1, :, :, 2] = 255
answers = {}
for binary_in in (False, True):
    for binary_out in (False, True):
        for compression in (None, "gzip", "deflate"):
            tensor = triton.InferInput("pixels", list(red.shape), "UINT8")
            tensor.set_data_from_numpy(red, binary_data=binary_in)
            plain = triton.InferRequestedOutput("probabilities", binary_data=binary_out)
            result = client.infer(
                "tiny", [tensor], outputs=[plain], request_id="42", request_compression_algorithm=compression
            )
            response = result.get_response()
            assert response["id"] == "42", response
            assert response["model_name"] == "tiny" and response["model_version"] == "2", response
            value = result.as_numpy("probabilities")
            assert value.dtype == np.float32 and value.shape == (2, 2), value
            answers[f"{binary_in} {binary_out} {compression}"] = value.tolist()
report["answers"] = answers

classes = {}
for binary_out in (False, True):
    tensor = triton.InferInput("pixels", list(red.shape), "UINT8")
    tensor.set_data_from_numpy(red)
    best = triton.InferRequestedOutput("probabilities", binary_data=binary_out, class_count=1)
    value = client.infer("tiny", [tensor], outputs=[best]).as_numpy("probabilities")
    assert value.shape == (2, 1), value
    flat = [one.decode() if isinstance(one, bytes) else one for one in value.flatten().tolist()]
    classes[str(binary_out)] = [(float(one.split(":")[0]), *one.split(":")[1:]) for one in flat]
report["classes"] = classes

# No outputs named: the client asks for all of them as bytes.
tensor = triton.InferInput("house", [1, 2], "FP32")
tensor.set_data_from_numpy(np.array([[100, 4]], dtype=np.float32))
report["price"] = client.infer("prices", [tensor], model_version="1").as_numpy("price").tolist()

# A picture as it is, in place of its pixels.
with open(picture, "rb") as file:
    encoded = np.array([file.read()], dtype=np.object_)
tensor = triton.InferInput("pixels", [1], "BYTES")
tensor.set_data_from_numpy(encoded)
best = triton.InferRequestedOutput("probabilities", class_count=2)
value = client.infer("tiny", [tensor], outputs=[best]).as_numpy("probabilities")
report["picture"] = [one.decode().split(":")[2] for one in value[0]]

errors = {}
for what, name, model in (("input", "nothing", "tiny"), ("model", "pixels", "absent")):
    tensor = triton.InferInput(name, [1, 8, 8, 3], "UINT8")
    tensor.set_data_from_numpy(red[:1])
    try:
        client.infer(model, [tensor])
    except InferenceServerException as error:
        errors[what] = [error.status(), error.message()]
report["errors"] = errors

print(json.dumps(report))
