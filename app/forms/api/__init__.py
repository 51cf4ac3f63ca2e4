"""The shapes of the API's JSON, in and out; the OpenAPI document is written from them."""
