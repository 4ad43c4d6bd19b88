"""Buttons by MQTT: a child process that listens at a broker and tells the API what was pressed."""
