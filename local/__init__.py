"""The local world: simulators, fakes and the embedded cloud; nothing here is deployed."""
