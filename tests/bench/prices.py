"""What AWS bills for what the benchmarks count: one table, with its date and region.

Not in it: Lambda, API Gateway, EventBridge, KMS and storage, which do not grow with the store's calls.
"""

from collections.abc import Mapping

REGION = "us-east-1"
AS_OF = "2024-11-01"  # the last change of the DynamoDB on-demand prices that this table knows

USD_PER_MILLION: Mapping[str, float] = {
    "write_units": 0.625,  # DynamoDB on demand, standard table class: write request units
    "read_units": 0.125,  # DynamoDB on demand, standard table class: read request units
    "sqs_requests": 0.40,  # SQS standard queues, above the free million a month
}
